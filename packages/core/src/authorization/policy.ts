import * as Effect from "effect/Effect";
import { ActionRequired, Forbidden, Unauthenticated, UserNotFound } from "../errors.ts";
import type { NewUser, User, UserPatch } from "../user/user.ts";
import type { Actor } from "./actor.ts";
import { opensDespite } from "./required-actions.ts";

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
  | "users.set_required_actions"
  | "users.accept_action"
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
  | "groups.create"
  | "groups.read"
  | "groups.list"
  | "groups.list_of_user"
  | "groups.list_members"
  | "groups.update"
  | "groups.move"
  | "groups.enable"
  | "groups.disable"
  | "groups.delete"
  | "groups.add_members"
  | "groups.remove_members"
  | "grants.set"
  | "grants.remove"
  | "grants.list_of_user"
  | "grants.list_of_group"
  | "grants.list_on_resource"
  | "grants.check"
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
  "users.set_required_actions": ["system", "admin"],
  "users.accept_action": ["self"],
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
  "groups.create": ["system", "admin"],
  "groups.read": ["system", "admin"],
  "groups.list": ["system", "admin"],
  "groups.list_of_user": ["system", "admin", "self"],
  "groups.list_members": ["system", "admin"],
  "groups.update": ["system", "admin"],
  "groups.move": ["system", "admin"],
  "groups.enable": ["system", "admin"],
  "groups.disable": ["system", "admin"],
  "groups.delete": ["system", "admin"],
  "groups.add_members": ["system", "admin"],
  "groups.remove_members": ["system", "admin"],
  "grants.set": ["system", "admin"],
  "grants.remove": ["system", "admin"],
  "grants.list_of_user": ["system", "admin", "self"],
  "grants.list_of_group": ["system", "admin"],
  "grants.list_on_resource": ["system", "admin"],
  "grants.check": ["system", "admin", "self"],
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
  "requiredActions",
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

/** Whether the caller's standing is enough, whatever has to be done first. */
const isEntitled = (actor: Actor, operation: Operation, user?: Pick<User, "id" | "ownerId">): boolean =>
  standings(actor, user).some((standing) => rules[operation].includes(standing));

/** What the caller has to do before this; undefined when nothing stands in the way. */
const blocking = (
  actor: Actor,
  operation: Operation,
  user?: Pick<User, "id" | "ownerId">,
): readonly string[] | undefined => {
  if (actor.kind !== "user") return undefined;
  const { requiredActions, userId } = actor.principal;
  if (requiredActions === undefined || requiredActions.length === 0) return undefined;
  const isForAnybody = rules[operation].includes("anonymous") && rules[operation].includes("other");
  const isOwn = user === undefined || user.id === userId;
  return isForAnybody || (isOwn && opensDespite(requiredActions, operation)) ? undefined : requiredActions;
};

/** Whether the caller may do this to that user. */
export const allows = (actor: Actor, operation: Operation, user?: Pick<User, "id" | "ownerId">): boolean =>
  isEntitled(actor, operation, user) && blocking(actor, operation, user) === undefined;

/**
 * Succeeds when the caller may; Unauthenticated for somebody who should log in first, ActionRequired for somebody who
 * should do something else first, else Forbidden.
 */
export const require = (
  actor: Actor,
  operation: Operation,
  user?: Pick<User, "id" | "ownerId">,
): Effect.Effect<void, Unauthenticated | Forbidden | ActionRequired> => {
  const actions = blocking(actor, operation, user);
  if (actions !== undefined) return Effect.fail(new ActionRequired({ actions }));
  if (isEntitled(actor, operation, user)) return Effect.void;
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
): Effect.Effect<void, Unauthenticated | Forbidden | ActionRequired | UserNotFound> =>
  actor.kind !== "anonymous" && !mayKnow(actor, user)
    ? Effect.fail(new UserNotFound())
    : require(actor, operation, user);

/** Others know of enabled users only; owners, the user and admins of every one. */
const mayKnow = (actor: Actor, user: User): boolean => user.status === "enabled" || seesDetails(actor, user);

/** Whether the caller sees more of a user than the public part. */
export const seesDetails = (actor: Actor, user: User): boolean => isEntitled(actor, "users.update", user);

/** Whether the caller may know every user and every field. */
export const seesAll = (actor: Actor): boolean => isEntitled(actor, "users.update.privileged");

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
