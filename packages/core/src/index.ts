/** The public door of Muster's core. */
export type { ListAuditError } from "./audit/audit.ts";
export type { AuditActor, AuditEvent, AuditEventType, AuditQuery } from "./audit/audit-event.ts";
export { auditEventTypes } from "./audit/audit-event.ts";
export type { PasswordComposition } from "./authentication/composition.ts";
export type { PasswordPolicyOptions } from "./authentication/password-policy.ts";
export type { Argon2HasherOptions } from "./builtin/argon2-options.ts";
export { type BreachedPasswordsOptions, breachedPasswords, type RangeAnswer } from "./builtin/breached-passwords.ts";
export { memoryStore } from "./builtin/memory-storage.ts";
export type { Pepper } from "./builtin/password-seal.ts";
export type { Container } from "./composition/container.ts";
export { createMuster } from "./create-muster.ts";
export type {
  HardenError,
  HardenOptions,
  HardenReport,
  ImportPasswordError,
  RefusedCredential,
} from "./credentials/credentials.ts";
export * from "./errors.ts";
export type {
  Grant,
  Grantee,
  GrantQuery,
  PermissionOn,
  PermissionTable,
  Resource,
  ResourceQuery,
} from "./grant/grant.ts";
export type * from "./grant/grant-errors.ts";
export type { Group, GroupPatch, GroupQuery, GroupStatus, MemberQuery, NewGroup } from "./group/group.ts";
export type * from "./group/group-errors.ts";
export type { BeforeCommitContext, ChangeEvent, Hooks } from "./hooks/hooks.ts";
export type * from "./invitation/invitation.ts";
export type * from "./invitation/invitation-errors.ts";
export { parseInstant } from "./kernel/instant.ts";
export type { Json, JsonObject } from "./kernel/json.ts";
export type { KeyState } from "./keyring/key-life.ts";
export type { SecretOption } from "./keyring/key-vault.ts";
export type { Key, Keys } from "./keyring/key-view.ts";
export type { ListKeysError, RevokeKeyError, RotateKeysError } from "./keyring/keys.ts";
export type { ClaimsUser, ExtraClaims, TokenAlgorithm, TokenOptions } from "./keyring/token-options.ts";
export type { MailOptions, MailPaths } from "./mail/mail-options.ts";
export { englishMails, type MailText, type MailTexts } from "./mail/mail-texts.ts";
export type * from "./muster.ts";
export type * from "./muster-access.ts";
export type * from "./muster-effect.ts";
export type { MusterOptions } from "./options.ts";
export type { BreachedPasswords } from "./ports/breached-passwords.ts";
export type { ForeignHash, ForeignHashes, RefusedForeignHash } from "./ports/foreign-hashes.ts";
export type { Mail, Mailer, MailKind } from "./ports/mailer.ts";
export { type Ports, portTokens } from "./ports/port-tokens.ts";
export type { StoreModule } from "./ports/storage.ts";
export type { JsonWebKeySet, JsonWebPublicKey, PublishedKeys } from "./ports/token-signer.ts";
export type { ConfirmedEmail, EmailConfirmation } from "./recovery/email-proof.ts";
export type { PendingEmail } from "./recovery/email-requests.ts";
export type * from "./recovery/recovery-errors.ts";
export type { RecoveryOptions } from "./recovery/recovery-options.ts";
export { type AuthenticationRequirement, lackOf } from "./second-factor/recent-proof.ts";
export type { ConfirmedFactor, SecondFactor, SecondFactors, TotpEnrolment } from "./second-factor/second-factor.ts";
export type * from "./second-factor/second-factor-errors.ts";
export type * from "./second-factor/second-factor-operations.ts";
export type { AccessToken, Principal, Session, SessionClient, SessionTokens } from "./session/session.ts";
export type * from "./session/session-errors.ts";
export type * from "./session/session-operations.ts";
export type { ThrottlingOptions } from "./throttling/throttling-options.ts";
export { type LifecycleEvent, type LifecycleOutcome, lifecycle } from "./user/lifecycle.ts";
export type * from "./user/user.ts";
export type * from "./user/user-errors.ts";
export type * from "./user/user-filter.ts";
