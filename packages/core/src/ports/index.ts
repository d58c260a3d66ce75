/**
 * What the author of a store or plug-in imports: the ports, the errors a store may raise, and the functions that decide
 * how texts and JSON compare, so that every store compares alike.
 */
export type { AuditActor, AuditEvent, AuditEventType } from "../audit/audit-event.ts";
export {
  EmailTaken,
  GroupCycle,
  GroupIdTaken,
  GroupNotFound,
  GroupTooDeep,
  InvalidConfiguration,
  StoreUnavailable,
  TooBusy,
  UnsupportedSchema,
  UserIdTaken,
  UsernameTaken,
  UserReferenced,
} from "../errors.ts";
export type { Grant, Grantee, PermissionOn, Resource } from "../grant/grant.ts";
export type { Group, GroupStatus } from "../group/group.ts";
export { type Json, type JsonObject, jsonContains } from "../kernel/json.ts";
export { canonicalEmail, canonicalUsername, comparable, compareCodePoints } from "../kernel/text.ts";
export type { SessionClient } from "../session/session.ts";
export { legalMoves } from "../user/lifecycle.ts";
export type { User, UserRole, UserStatus } from "../user/user.ts";
export * from "../user/user-condition.ts";
export type { UserSortField } from "../user/user-filter.ts";
export * from "./access-changes.ts";
export type * from "./attempt-store.ts";
export type * from "./audit-log.ts";
export type * from "./breached-passwords.ts";
export type * from "./credential-store.ts";
export type * from "./environment.ts";
export type * from "./foreign-hashes.ts";
export type * from "./grant-store.ts";
export type * from "./group-store.ts";
export type * from "./invitation-store.ts";
export type * from "./key-store.ts";
export type * from "./mailer.ts";
export type * from "./one-time-token-store.ts";
export type * from "./outbox.ts";
export type * from "./password-hasher.ts";
export type * from "./second-factor-store.ts";
export type * from "./session-store.ts";
export type * from "./storage.ts";
export { type Token, token } from "./token.ts";
export type * from "./token-signer.ts";
export type * from "./user-store.ts";
