import * as Effect from "effect/Effect";
import { Forbidden, Unauthenticated, UserNotFound } from "../errors.ts";
import type { NewUser, User, UserPatch } from "../user/user.ts";
import type { Actor } from "./actor.ts";

/**
 * How the caller stands to the user a call is about. `other` is anybody logged in; an admin who acts on themself is
 * `admin`, `self` and `other` at once.
 */
export type Standing = "system" | "admin" | "self" | "owner" | "other" | "anonymous";

/** Everything the policy decides on, by the name under which `Forbidden` reports it. */
export type Operation =
  | "users.create"
  | "users.create.privileged"
  | "users.read"
  | "users.find_by_email"
  | "users.list"
  | "users.update"
  | "users.update.privileged"
  | "users.replace_tags"
  | "users.change_email"
  | "users.change_email.unproven"
  | "users.change_username"
  | "users.change_password"
  | "users.set_password"
  | "users.change_owner"
  | "users.set_role"
  | "users.enable"
  | "users.disable"
  | "users.delete"
  | "users.restore"
  | "users.unlock"
  | "users.purge"
  | "users.profile"
  | "credentials.import"
  | "credentials.harden"
  | "sessions.list"
  | "sessions.revoke"
  | "sessions.logout"
  | "sessions.step_up"
  | "second_factors.list"
  | "second_factors.enrol"
  | "second_factors.rename"
  | "second_factors.remove"
  | "second_factors.replace_recovery_codes"
  | "audit.list"
  | "keys.list"
  | "keys.rotate"
  | "keys.revoke"
  | "recovery.request_password_reset"
  | "recovery.reset_password"
  | "recovery.request_email_verification"
  | "recovery.request_email_change"
  | "recovery.confirm_email"
  | "recovery.undo_email_change"
  | "invitations.create"
  | "invitations.read"
  | "invitations.resend"
  | "invitations.revoke"
  | "invitations.preview"
  | "invitations.accept";

/** Operation → who may: the whole policy, one line each. What is not here cannot be called. */
const rules: Readonly<Record<Operation, readonly Standing[]>> = {
  "users.create": ["system", "admin", "anonymous"],
  "users.create.privileged": ["system", "admin"],
  "users.read": ["system", "admin", "self", "owner", "other"],
  "users.find_by_email": ["system", "admin"],
  "users.list": ["system", "admin", "other"],
  "users.update": ["system", "admin", "self", "owner"],
  "users.update.privileged": ["system", "admin"],
  "users.replace_tags": ["system", "admin", "self", "owner"],
  "users.change_email": ["system", "admin", "self"],
  "users.change_email.unproven": ["system", "admin"],
  "users.change_username": ["system", "admin", "self"],
  "users.change_password": ["self"],
  "users.set_password": ["system", "admin"],
  "users.change_owner": ["system", "admin"],
  "users.set_role": ["system", "admin"],
  "users.enable": ["system", "admin"],
  "users.disable": ["system", "admin"],
  "users.delete": ["system", "admin", "self"],
  "users.restore": ["system", "admin"],
  "users.unlock": ["system", "admin"],
  "users.purge": ["system", "admin"],
  "users.profile": ["other"],
  "credentials.import": ["system"],
  "credentials.harden": ["system"],
  "sessions.list": ["system", "admin", "self"],
  "sessions.revoke": ["system", "admin", "self"],
  "sessions.logout": ["other"],
  "sessions.step_up": ["other"],
  "second_factors.list": ["system", "admin", "self"],
  "second_factors.enrol": ["self"],
  "second_factors.rename": ["system", "admin", "self"],
  "second_factors.remove": ["system", "admin", "self"],
  "second_factors.replace_recovery_codes": ["self"],
  "audit.list": ["system", "admin"],
  "keys.list": ["system", "admin"],
  "keys.rotate": ["system", "admin"],
  "keys.revoke": ["system", "admin"],
  // Whoever holds the token of a mail may use it, whoever they are.
  "recovery.request_password_reset": ["system", "other", "anonymous"],
  "recovery.reset_password": ["system", "other", "anonymous"],
  "recovery.request_email_verification": ["system", "admin", "self"],
  "recovery.request_email_change": ["self"],
  "recovery.confirm_email": ["system", "other", "anonymous"],
  "recovery.undo_email_change": ["system", "other", "anonymous"],
  "invitations.create": ["system", "admin"],
  "invitations.read": ["system", "admin"],
  "invitations.resend": ["system", "admin"],
  "invitations.revoke": ["system", "admin"],
  "invitations.preview": ["system", "other", "anonymous"],
  "invitations.accept": ["system", "other", "anonymous"],
};

/** Every operation there is. */
export const policyOperations: readonly Operation[] = Object.keys(rules) as Operation[];

/** Keys of `NewUser` that only the system and admins may set, at sign-up neither. */
const privilegedOnCreate = [
  "id",
  "role",
  "status",
  "ownerId",
  "emailVerified",
  "privateMetadata",
  "invite",
] as const satisfies readonly (keyof NewUser)[];
/** Keys of `UserPatch` that only the system and admins may set. */
const privilegedOnUpdate = ["privateMetadata"] as const satisfies readonly (keyof UserPatch)[];

/** The caller's standings to a user, or to nobody in particular. */
export const standings = (actor: Actor, user?: Pick<User, "id" | "ownerId">): readonly Standing[] => {
  if (actor.kind !== "user") return [actor.kind];
  const { userId, role } = actor.principal;
  return [
    "other",
    ...(role === "admin" ? (["admin"] as const) : []),
    ...(user?.id === userId ? (["self"] as const) : []),
    ...(user !== undefined && user.ownerId === userId ? (["owner"] as const) : []),
  ];
};

/** Whether the caller may do this to that user. */
export const allows = (actor: Actor, operation: Operation, user?: Pick<User, "id" | "ownerId">): boolean => {
  return standings(actor, user).some((standing) => rules[operation].includes(standing));
};

/** Succeeds when the caller may; Unauthenticated for somebody who should log in first, else Forbidden. */
export const require = (
  actor: Actor,
  operation: Operation,
  user?: Pick<User, "id" | "ownerId">,
): Effect.Effect<void, Unauthenticated | Forbidden> => {
  if (allows(actor, operation, user)) return Effect.void;
  return Effect.fail(actor.kind === "anonymous" ? new Unauthenticated() : new Forbidden({ operation }));
};

/** Turns away who is not logged in before anything is looked up: whether a user exists is not for them to learn. */
export const requireIdentified = (actor: Actor): Effect.Effect<void, Unauthenticated> =>
  actor.kind === "anonymous" ? Effect.fail(new Unauthenticated()) : Effect.void;

/** Like {@link require}, but a user whom the caller may not even know of is UserNotFound. */
export const requireOn = (
  actor: Actor,
  operation: Operation,
  user: User,
): Effect.Effect<void, Unauthenticated | Forbidden | UserNotFound> =>
  actor.kind !== "anonymous" && !mayKnow(actor, user)
    ? Effect.fail(new UserNotFound())
    : require(actor, operation, user);

/** Others know of enabled users only; owners, the user and admins of every one. */
const mayKnow = (actor: Actor, user: User): boolean => user.status === "enabled" || seesDetails(actor, user);

/** Whether the caller sees more of a user than the public part. */
export const seesDetails = (actor: Actor, user: User): boolean => allows(actor, "users.update", user);

/** Whether the caller may know every user and every field. */
export const seesAll = (actor: Actor): boolean => allows(actor, "users.update.privileged");

/** Refuses a new user or patch that sets what the caller may not set. */
export const requireSettable = (
  actor: Actor,
  operation: "users.create" | "users.update",
  input: NewUser | UserPatch,
): Effect.Effect<void, Unauthenticated | Forbidden> => {
  if (Object.hasOwn(input, "passwordHash") && !allows(actor, "credentials.import")) {
    return Effect.fail(new Forbidden({ operation: `${operation}.passwordHash` }));
  }
  const privileged: readonly string[] = operation === "users.create" ? privilegedOnCreate : privilegedOnUpdate;
  const set = privileged.find((key) => Object.hasOwn(input, key));
  if (set === undefined || allows(actor, `${operation}.privileged`)) return Effect.void;
  return Effect.fail(new Forbidden({ operation: `${operation}.${set}` }));
};
