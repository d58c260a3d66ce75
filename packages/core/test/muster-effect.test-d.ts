import type * as Effect from "effect/Effect";
import type {
  AcceptInvitationError,
  ActionRequired,
  AuthenticateError,
  ChangeEmailError,
  ChangePasswordError,
  ChangeRefused,
  ChangeUserError,
  ChangeUsernameError,
  Closed,
  CompleteLoginError,
  ConfirmEmailError,
  ConfirmTotpError,
  CreateUserError,
  EffectInvitations,
  EffectKeys,
  EffectOperations,
  EffectRecovery,
  EffectSecondFactors,
  EffectSessions,
  EffectUsers,
  EmailTaken,
  FindPendingEmailError,
  FindUserError,
  Forbidden,
  IllegalTransition,
  InvalidConfiguration,
  InvalidCredentials,
  InvalidInput,
  InvalidOneTimeToken,
  InvalidRefreshToken,
  InvalidToken,
  KeyNotFound,
  LastAdmin,
  LifecycleError,
  ListAuditError,
  ListKeysError,
  ListSecondFactorsError,
  ListSessionsError,
  ListUsersError,
  LoginError,
  LogoutError,
  MailNotConfigured,
  Muster,
  MusterError,
  Operations,
  Page,
  PurgeError,
  PurgeExpiredError,
  RefreshError,
  RemoveSecondFactorError,
  RenameSecondFactorError,
  ReplaceRecoveryCodesError,
  RequestEmailChangeError,
  RequestEmailVerificationError,
  RequestPasswordResetError,
  ResetPasswordError,
  RevokeKeyError,
  RevokeSessionError,
  RevokeSessionsError,
  RotateKeysError,
  SecondFactorRequired,
  SessionNotFound,
  SetPasswordError,
  SetRoleError,
  StartTotpError,
  StepUpError,
  StoreUnavailable,
  TooBusy,
  TooManyAttempts,
  Total,
  Unauthenticated,
  UndoEmailChangeError,
  UnlockError,
  User,
  UserIdTaken,
  UserNotFound,
  UsernameTaken,
  UserReferenced,
  UserView,
  VersionMismatch,
} from "../src/index.ts";

/** Checked by the compiler alone: a line that is not true does not compile. */
type Holds<T extends true> = T;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type SameUnion<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type Answered<F> = F extends (...rest: never[]) => Effect.Effect<infer A, infer E, infer R> ? [A, E, R] : never;
type ErrorOf<F> = Answered<F>[1];
type NeedsNothing<Group> = { [Name in keyof Group]: Answered<Group[Name]>[2] }[keyof Group];
type PromisedBy<F> = F extends (...rest: never[]) => Promise<infer A> ? A : never;

type U = EffectUsers<User>;
type S = EffectSessions;
type F = EffectSecondFactors;
type R = EffectRecovery;
type Audit = EffectOperations<User, never>["audit"];

/** Every operation is listed with the errors it fails with; a new operation without a line does not compile. */
type UserErrors = {
  create: CreateUserError;
  get: FindUserError;
  findByUsername: FindUserError;
  findByEmail: FindUserError;
  profile: FindUserError;
  list: ListUsersError;
  count: ListUsersError;
  update: ChangeUserError;
  replaceTags: ChangeUserError;
  changeEmail: ChangeEmailError;
  changeUsername: ChangeUsernameError;
  changeOwner: ChangeUserError;
  setRole: SetRoleError;
  setRequiredActions: ChangeUserError;
  acceptAction: ChangeUserError;
  setPassword: SetPasswordError;
  changePassword: ChangePasswordError;
  enable: LifecycleError;
  disable: LifecycleError;
  delete: LifecycleError;
  restore: LifecycleError;
  unlock: UnlockError;
  purge: PurgeError;
  purgeExpired: PurgeExpiredError;
};
type SessionErrors = {
  login: LoginError;
  completeLogin: CompleteLoginError;
  stepUp: StepUpError;
  refresh: RefreshError;
  authenticate: AuthenticateError;
  logout: LogoutError;
  list: ListSessionsError;
  revoke: RevokeSessionError;
  revokeAll: RevokeSessionsError;
};

type SecondFactorErrors = {
  list: ListSecondFactorsError;
  startTotp: StartTotpError;
  confirmTotp: ConfirmTotpError;
  rename: RenameSecondFactorError;
  remove: RemoveSecondFactorError;
  replaceRecoveryCodes: ReplaceRecoveryCodesError;
};

type RecoveryErrors = {
  requestPasswordReset: RequestPasswordResetError;
  resetPassword: ResetPasswordError;
  requestEmailVerification: RequestEmailVerificationError;
  requestEmailChange: RequestEmailChangeError;
  findPendingEmail: FindPendingEmailError;
  confirmEmail: ConfirmEmailError;
  undoEmailChange: UndoEmailChangeError;
};

type Everywhere = StoreUnavailable | Closed;
type Policy = Unauthenticated | Forbidden | ActionRequired;
type Find = InvalidInput | Policy | UserNotFound | Everywhere;
type Change = Find | VersionMismatch | ChangeRefused;

export type Checks = [
  Holds<Same<NeedsNothing<U>, never>>,
  Holds<Same<NeedsNothing<S>, never>>,
  Holds<Same<NeedsNothing<Audit>, never>>,
  Holds<Same<{ readonly [Name in keyof U]: ErrorOf<U[Name]> }, Readonly<UserErrors>>>,
  Holds<Same<{ readonly [Name in keyof S]: ErrorOf<S[Name]> }, Readonly<SessionErrors>>>,
  Holds<Same<NeedsNothing<F>, never>>,
  Holds<Same<{ readonly [Name in keyof F]: ErrorOf<F[Name]> }, Readonly<SecondFactorErrors>>>,
  Holds<Same<keyof Muster["secondFactors"], keyof F>>,
  Holds<Same<NeedsNothing<R>, never>>,
  Holds<Same<{ readonly [Name in keyof R]: ErrorOf<R[Name]> }, Readonly<RecoveryErrors>>>,
  Holds<Same<keyof Muster["recovery"], keyof R>>,
  Holds<
    SameUnion<
      RequestPasswordResetError,
      InvalidInput | Policy | ChangeRefused | TooManyAttempts | MailNotConfigured | Everywhere
    >
  >,
  Holds<
    SameUnion<ResetPasswordError, InvalidInput | Policy | ChangeRefused | InvalidOneTimeToken | TooBusy | Everywhere>
  >,
  Holds<Same<NeedsNothing<EffectInvitations>, never>>,
  Holds<Same<keyof Muster["invitations"], keyof EffectInvitations>>,
  Holds<
    SameUnion<AcceptInvitationError, InvalidInput | Policy | ChangeRefused | InvalidOneTimeToken | TooBusy | Everywhere>
  >,
  Holds<Same<ErrorOf<Audit["list"]>, ListAuditError>>,
  Holds<Same<NeedsNothing<EffectKeys>, never>>,
  Holds<Same<keyof Muster["keys"], keyof EffectKeys>>,
  Holds<SameUnion<ListKeysError, Policy | Everywhere>>,
  Holds<SameUnion<RotateKeysError, Policy | ChangeRefused | Everywhere>>,
  Holds<SameUnion<RevokeKeyError, Policy | KeyNotFound | ChangeRefused | Everywhere>>,
  Holds<
    SameUnion<
      CreateUserError,
      | InvalidInput
      | Policy
      | UsernameTaken
      | EmailTaken
      | UserIdTaken
      | ChangeRefused
      | TooBusy
      | MailNotConfigured
      | InvalidConfiguration
      | Everywhere
    >
  >,
  Holds<SameUnion<FindUserError, Find>>,
  Holds<SameUnion<ListUsersError, InvalidInput | Policy | Everywhere>>,
  Holds<SameUnion<ChangeUserError, Change>>,
  Holds<SameUnion<ChangeEmailError, Change | UsernameTaken | EmailTaken>>,
  Holds<SameUnion<ChangeUsernameError, Change | UsernameTaken | EmailTaken>>,
  Holds<SameUnion<SetRoleError, Change | LastAdmin>>,
  Holds<SameUnion<SetPasswordError, Change | TooBusy>>,
  Holds<SameUnion<ChangePasswordError, Change | InvalidCredentials | TooBusy>>,
  Holds<SameUnion<LifecycleError, Change | IllegalTransition | LastAdmin>>,
  Holds<SameUnion<UnlockError, Find | ChangeRefused>>,
  Holds<SameUnion<PurgeError, Change | IllegalTransition | LastAdmin | UserReferenced>>,
  Holds<SameUnion<PurgeExpiredError, Policy | ChangeRefused | Everywhere>>,
  Holds<
    SameUnion<
      LoginError,
      InvalidInput | InvalidCredentials | TooManyAttempts | SecondFactorRequired | ChangeRefused | TooBusy | Everywhere
    >
  >,
  Holds<SameUnion<RefreshError, InvalidInput | InvalidRefreshToken | ChangeRefused | Everywhere>>,
  Holds<SameUnion<AuthenticateError, InvalidToken | Everywhere>>,
  Holds<SameUnion<LogoutError, Policy | SessionNotFound | ChangeRefused | Everywhere>>,
  Holds<SameUnion<ListSessionsError, InvalidInput | Policy | Everywhere>>,
  Holds<SameUnion<RevokeSessionError, InvalidInput | Unauthenticated | SessionNotFound | ChangeRefused | Everywhere>>,
  Holds<SameUnion<RevokeSessionsError, InvalidInput | Policy | ChangeRefused | Everywhere>>,
  Holds<SameUnion<ListAuditError, InvalidInput | Policy | Everywhere>>,
  Holds<[UserErrors[keyof UserErrors] | SessionErrors[keyof SessionErrors]] extends [MusterError] ? true : false>,
  // The Promise side has the same operations and answers, and a stream besides.
  Holds<Same<Exclude<keyof Muster["users"], "stream">, keyof U>>,
  Holds<Same<keyof Muster["sessions"], keyof S>>,
  Holds<Same<Answered<U["get"]>[0], PromisedBy<Muster["users"]["get"]>>>,
  Holds<Same<Answered<U["list"]>[0], Page<User>>>,
  Holds<Same<Answered<U["count"]>[0], Total>>,
  // The system sees whole users, an actor what the policy shows.
  Holds<Same<PromisedBy<Muster["users"]["get"]>, User>>,
  Holds<Same<ReturnType<Muster["as"]>, Operations<UserView, never>>>,
  Holds<Same<PromisedBy<ReturnType<Muster["as"]>["users"]["get"]>, UserView>>,
  Holds<Same<PromisedBy<ReturnType<Muster["tenant"]>["users"]["get"]>, User>>,
  Holds<Same<Answered<ReturnType<Muster["effect"]["as"]>["users"]["get"]>[0], UserView>>,
  // What `within` takes is the store's to say; without a store that can, there is nothing to hand in.
  Holds<Same<Parameters<Muster<{ readonly trx: 1 }>["within"]>[0], { readonly trx: 1 }>>,
  Holds<Same<Parameters<Muster["within"]>[0], never>>,
];
