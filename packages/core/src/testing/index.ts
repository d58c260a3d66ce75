/**
 * What the author of a store tests it with: the storage contract, users to test with, and a comparison with another
 * store on random questions.
 */
export { memoryStore } from "../builtin/memory-storage.ts";
export { aUser, changed, moment } from "./a-user.ts";
export { type Agreement, type AgreementReport, agreeOnLists, insertUsers } from "./agree-on-lists.ts";
export { contradictions } from "./contradictions.ts";
export {
  aGroup,
  aHash,
  aKey,
  anAuditEvent,
  anInvitation,
  anOutboxEntry,
  aOneTimeToken,
  aRotation,
  aSecondFactor,
  aSession,
} from "./fixtures.ts";
export { type Mailbox, mailbox, tokenIn, type WantedMail } from "./mailbox.ts";
export { placeOf, sortFields } from "./place-of.ts";
export { randomCondition, randomSelection } from "./random-conditions.ts";
export { randomChange, randomUsers } from "./random-users.ts";
export { type SeededRandom, seededRandom } from "./seeded-random.ts";
export { type StorageContract, storageContract } from "./storage-contract.ts";
