/**
 * What the author of a store tests it with: the storage contract, and users to test with.
 */
export { aUser, changed, moment } from "./a-user.ts";
export { aHash, aKey, anAuditEvent, aRotation, aSession } from "./fixtures.ts";
export { placeOf, sortFields } from "./place-of.ts";
export { type StorageContract, storageContract } from "./storage-contract.ts";
