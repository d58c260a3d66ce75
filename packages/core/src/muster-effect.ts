import type * as Effect from "effect/Effect";
import type { ListAuditError } from "./audit/audit.ts";
import type { AuditEvent, AuditQuery } from "./audit/audit-event.ts";
import type * as CredentialTypes from "./credentials/credentials.ts";
import type * as InvitationTypes from "./invitation/invitation.ts";
import type * as InvitationErrors from "./invitation/invitation-errors.ts";
import type { Key } from "./keyring/key-view.ts";
import type * as KeyErrors from "./keyring/keys.ts";
import type { Page, Total } from "./muster.ts";
import type { EffectGrants, EffectGroups } from "./muster-access.ts";
import type { ConfirmedEmail, EmailConfirmation } from "./recovery/email-proof.ts";
import type { PendingEmail } from "./recovery/email-requests.ts";
import type * as RecoveryErrors from "./recovery/recovery-errors.ts";
import type { ConfirmedFactor, SecondFactor, SecondFactors, TotpEnrolment } from "./second-factor/second-factor.ts";
import type * as FactorErrors from "./second-factor/second-factor-errors.ts";
import type { LoginCompletion, Proof } from "./second-factor/second-factor-operations.ts";
import type { AccessToken, Principal, Session, SessionClient, SessionTokens } from "./session/session.ts";
import type * as SessionErrors from "./session/session-errors.ts";
import type { LoginCredentials } from "./session/session-operations.ts";
import type { IfVersion, NewUser, PasswordOptions, User, UserPatch, UserView } from "./user/user.ts";
import type * as UserErrors from "./user/user-errors.ts";
import type { TotalMode, UserFilter, UserQuery } from "./user/user-filter.ts";

type Change<Value, View, E> = (id: string, value: Value, ifVersion?: IfVersion) => Effect.Effect<View, E>;
type Move<View> = (id: string, ifVersion?: IfVersion) => Effect.Effect<View, UserErrors.LifecycleError>;

/** `Users` as Effects: the same operations, their errors in the type. A stream is a walk over `list` by its cursor. */
export interface EffectUsers<View> {
  readonly create: (user: NewUser) => Effect.Effect<View, UserErrors.CreateUserError>;
  readonly get: (id: string) => Effect.Effect<View, UserErrors.FindUserError>;
  readonly findByUsername: (username: string) => Effect.Effect<View, UserErrors.FindUserError>;
  readonly findByEmail: (email: string) => Effect.Effect<View, UserErrors.FindUserError>;
  readonly profile: () => Effect.Effect<View, UserErrors.FindUserError>;
  readonly list: (query?: UserQuery) => Effect.Effect<Page<View>, UserErrors.ListUsersError>;
  readonly count: (
    filter?: UserFilter,
    mode?: Exclude<TotalMode, "none">,
  ) => Effect.Effect<Total, UserErrors.ListUsersError>;
  readonly update: Change<UserPatch, View, UserErrors.ChangeUserError>;
  readonly replaceTags: Change<readonly string[], View, UserErrors.ChangeUserError>;
  readonly changeEmail: Change<string | null, View, UserErrors.ChangeEmailError>;
  readonly changeUsername: Change<string | null, View, UserErrors.ChangeUsernameError>;
  readonly changeOwner: Change<string | null, View, UserErrors.ChangeUserError>;
  readonly setRole: Change<User["role"], View, UserErrors.SetRoleError>;
  readonly setPassword: (
    id: string,
    password: string,
    options?: PasswordOptions,
  ) => Effect.Effect<void, UserErrors.SetPasswordError>;
  readonly setRequiredActions: Change<readonly string[], View, UserErrors.ChangeUserError>;
  readonly acceptAction: (action: string) => Effect.Effect<View, UserErrors.ChangeUserError>;
  readonly changePassword: (
    oldPassword: string,
    newPassword: string,
    ifVersion?: IfVersion,
  ) => Effect.Effect<void, UserErrors.ChangePasswordError>;
  readonly enable: Move<View>;
  readonly disable: Move<View>;
  readonly delete: Move<View>;
  readonly restore: Move<View>;
  readonly unlock: (id: string) => Effect.Effect<void, UserErrors.UnlockError>;
  readonly purge: (id: string, ifVersion?: IfVersion) => Effect.Effect<void, UserErrors.PurgeError>;
  readonly purgeExpired: () => Effect.Effect<number, UserErrors.PurgeExpiredError>;
}

/** `Sessions` as Effects. */
export interface EffectSessions {
  readonly login: (credentials: LoginCredentials) => Effect.Effect<SessionTokens, SessionErrors.LoginError>;
  readonly completeLogin: (
    completion: LoginCompletion,
  ) => Effect.Effect<SessionTokens, SessionErrors.CompleteLoginError>;
  readonly stepUp: (proof: Proof) => Effect.Effect<AccessToken, SessionErrors.StepUpError>;
  readonly refresh: (refreshToken: string) => Effect.Effect<SessionTokens, SessionErrors.RefreshError>;
  readonly authenticate: (accessToken: string) => Effect.Effect<Principal, SessionErrors.AuthenticateError>;
  readonly logout: () => Effect.Effect<void, SessionErrors.LogoutError>;
  readonly list: (userId?: string) => Effect.Effect<readonly Session[], SessionErrors.ListSessionsError>;
  readonly revoke: (sessionId: string) => Effect.Effect<void, SessionErrors.RevokeSessionError>;
  readonly revokeAll: (userId: string) => Effect.Effect<number, SessionErrors.RevokeSessionsError>;
}

/** `SecondFactorOperations` as Effects. */
export interface EffectSecondFactors {
  readonly list: (userId?: string) => Effect.Effect<SecondFactors, FactorErrors.ListSecondFactorsError>;
  readonly startTotp: (options?: {
    readonly name?: string;
  }) => Effect.Effect<TotpEnrolment, FactorErrors.StartTotpError>;
  readonly confirmTotp: (confirmation: {
    readonly id: string;
    readonly code: string;
  }) => Effect.Effect<ConfirmedFactor, FactorErrors.ConfirmTotpError>;
  readonly rename: (id: string, name: string) => Effect.Effect<SecondFactor, FactorErrors.RenameSecondFactorError>;
  readonly remove: (id: string) => Effect.Effect<void, FactorErrors.RemoveSecondFactorError>;
  readonly replaceRecoveryCodes: () => Effect.Effect<readonly string[], FactorErrors.ReplaceRecoveryCodesError>;
}

/** `Credentials` as Effects. */
export interface EffectCredentials {
  readonly import: (
    userId: string,
    passwordHash: string,
    ifVersion?: IfVersion,
  ) => Effect.Effect<void, CredentialTypes.ImportPasswordError>;
  readonly harden: (
    options?: CredentialTypes.HardenOptions,
  ) => Effect.Effect<CredentialTypes.HardenReport, CredentialTypes.HardenError>;
}

/** `Recovery` as Effects. */
export interface EffectRecovery {
  readonly requestPasswordReset: (request: {
    readonly login: string;
    readonly client?: SessionClient;
  }) => Effect.Effect<void, RecoveryErrors.RequestPasswordResetError>;
  readonly resetPassword: (reset: {
    readonly token: string;
    readonly password: string;
  }) => Effect.Effect<void, RecoveryErrors.ResetPasswordError>;
  readonly requestEmailVerification: (
    userId?: string,
  ) => Effect.Effect<void, RecoveryErrors.RequestEmailVerificationError>;
  readonly requestEmailChange: (request: {
    readonly email: string;
    readonly password: string;
  }) => Effect.Effect<void, RecoveryErrors.RequestEmailChangeError>;
  readonly findPendingEmail: (
    userId?: string,
  ) => Effect.Effect<PendingEmail | undefined, RecoveryErrors.FindPendingEmailError>;
  readonly confirmEmail: (
    confirmation: EmailConfirmation,
  ) => Effect.Effect<ConfirmedEmail, RecoveryErrors.ConfirmEmailError>;
  readonly undoEmailChange: (undo: {
    readonly token: string;
  }) => Effect.Effect<void, RecoveryErrors.UndoEmailChangeError>;
}

/** `Invitations` as Effects. */
export interface EffectInvitations {
  readonly create: (invitation: {
    readonly userId: string;
  }) => Effect.Effect<InvitationTypes.Invitation, InvitationErrors.CreateInvitationError>;
  readonly get: (id: string) => Effect.Effect<InvitationTypes.Invitation, InvitationErrors.FindInvitationError>;
  readonly list: (
    query?: InvitationTypes.InvitationQuery,
  ) => Effect.Effect<Page<InvitationTypes.Invitation>, InvitationErrors.ListInvitationsError>;
  readonly statistics: () => Effect.Effect<InvitationTypes.InvitationStatistics, InvitationErrors.ListInvitationsError>;
  readonly resend: (id: string) => Effect.Effect<InvitationTypes.Invitation, InvitationErrors.ResendInvitationError>;
  readonly revoke: (id: string) => Effect.Effect<InvitationTypes.Invitation, InvitationErrors.RevokeInvitationError>;
  readonly preview: (invitation: {
    readonly token: string;
  }) => Effect.Effect<InvitationTypes.InvitationPreview, InvitationErrors.PreviewInvitationError>;
  readonly accept: (
    acceptance: InvitationTypes.InvitationAcceptance,
  ) => Effect.Effect<InvitationTypes.AcceptedInvitation, InvitationErrors.AcceptInvitationError>;
}

/** `Keys` as Effects. */
export interface EffectKeys {
  readonly list: () => Effect.Effect<readonly Key[], KeyErrors.ListKeysError>;
  readonly rotate: () => Effect.Effect<Key, KeyErrors.RotateKeysError>;
  readonly revoke: (kid: string) => Effect.Effect<void, KeyErrors.RevokeKeyError>;
}

/** `Operations` as Effects. */
export interface EffectOperations<View, Transaction> {
  readonly users: EffectUsers<View>;
  readonly sessions: EffectSessions;
  readonly secondFactors: EffectSecondFactors;
  readonly credentials: EffectCredentials;
  readonly recovery: EffectRecovery;
  readonly invitations: EffectInvitations;
  readonly audit: { readonly list: (query?: AuditQuery) => Effect.Effect<Page<AuditEvent>, ListAuditError> };
  readonly groups: EffectGroups<View>;
  readonly grants: EffectGrants;
  readonly keys: EffectKeys;
  readonly as: (actor: Principal | "anonymous") => EffectOperations<UserView, Transaction>;
  readonly within: (transaction: Transaction) => EffectOperations<View, Transaction>;
  readonly tenant: (name: string) => EffectOperations<View, Transaction>;
}
