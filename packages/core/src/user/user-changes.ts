import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type { NewPasswords } from "../authentication/new-password.ts";
import { checkStored } from "../authentication/stored-password.ts";
import { actorId, type CallScope } from "../authorization/actor.ts";
import { requireIdentified, requireSettable, require as requireStanding } from "../authorization/policy.ts";
import { withoutAction } from "../authorization/required-actions.ts";
import { InvalidCredentials, type InvalidInput, LastAdmin, type StoreUnavailable, Unauthenticated } from "../errors.ts";
import { invalid } from "../kernel/input.ts";
import { canonicalEmail, canonicalUsername } from "../kernel/text.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { Stores } from "../ports/storage.ts";
import type { MailRequests } from "../recovery/mail-requests.ts";
import type { Throttle } from "../throttling/throttle.ts";
import { type ChangePorts, changeIdentifiers, changeUser, existing } from "./change-user.ts";
import type { IfVersion, PasswordOptions, User, UserPatch, UserRole, UserView } from "./user.ts";
import type {
  ChangeEmailError,
  ChangePasswordError,
  ChangeUserError,
  ChangeUsernameError,
  SetPasswordError,
  SetRoleError,
} from "./user-errors.ts";
import {
  decodeEmail,
  decodeNewPassword,
  decodeOldPassword,
  decodeOwnerId,
  decodePasswordOptions,
  decodeRole,
  decodeTags,
  decodeUserId,
  decodeUsername,
  decodeUserPatch,
} from "./user-input.ts";
import { viewOf } from "./user-view.ts";
import { requireOwnEmailAsUsername } from "./users.ts";

export interface UserChangesPorts extends ChangePorts {
  readonly hasher: PasswordHasher;
  readonly passwords: NewPasswords;
  readonly throttle: Throttle;
  /** Tells the user of a changed password by mail, where mails can be sent. */
  readonly mails: Pick<MailRequests, "append">;
  /** `proven`: only admins and the system change an email here; a user's own stays pending until it is proven. */
  readonly ownEmailChange: "proven" | "direct";
}

type Change<Value, E> = (
  scope: CallScope,
  id: string,
  value: Value,
  ifVersion?: IfVersion,
) => Effect.Effect<UserView, E>;

/** What changes about a user, other than the status. */
export interface UserChanges {
  readonly update: Change<UserPatch, ChangeUserError>;
  readonly replaceTags: Change<readonly string[], ChangeUserError>;
  readonly changeEmail: Change<string | null, ChangeEmailError>;
  readonly changeUsername: Change<string | null, ChangeUsernameError>;
  readonly changeOwner: Change<string | null, ChangeUserError>;
  readonly setRole: Change<UserRole, SetRoleError>;
  readonly setPassword: (
    scope: CallScope,
    id: string,
    password: string,
    options?: PasswordOptions,
  ) => Effect.Effect<void, SetPasswordError>;
  readonly changePassword: (
    scope: CallScope,
    oldPassword: string,
    newPassword: string,
    ifVersion?: IfVersion,
  ) => Effect.Effect<void, ChangePasswordError>;
}

export const makeUserChanges = (ports: UserChangesPorts): UserChanges => ({
  update: Effect.fn("Users.update")(function* (scope, id, input, ifVersion = {}) {
    yield* requireIdentified(scope.actor);
    const patch = yield* decodeUserPatch(input);
    yield* requireSettable(scope.actor, "users.update", patch);
    const user = yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.update",
      event: "user.updated",
      apply: (before) =>
        Effect.succeed(
          actorId(scope.actor) === before.id
            ? { ...patch, requiredActions: withoutAction(before.requiredActions, "UPDATE_PROFILE") }
            : patch,
        ),
    });
    return viewOf(scope.actor, user);
  }),

  replaceTags: Effect.fn("Users.replaceTags")(function* (scope, id, input, ifVersion = {}) {
    const tags = [...new Set(yield* decodeTags(input, "tags"))];
    const user = yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.replace_tags",
      event: "user.tags_replaced",
      apply: () => Effect.succeed({ tags }),
    });
    return viewOf(scope.actor, user);
  }),

  changeEmail: Effect.fn("Users.changeEmail")(function* (scope, id, input, ifVersion = {}) {
    const email = yield* decodeEmail(input, "email");
    const user = yield* changeIdentifiers(ports, scope, id, ifVersion, {
      operation: "users.change_email",
      event: "user.email_changed",
      apply: (before) =>
        Effect.andThen(
          ports.ownEmailChange === "direct"
            ? Effect.void
            : requireStanding(scope.actor, "users.change_email.unproven", before),
          withEmail(before, email),
        ),
    });
    return viewOf(scope.actor, user);
  }),

  changeUsername: Effect.fn("Users.changeUsername")(function* (scope, id, input, ifVersion = {}) {
    const username = yield* decodeUsername(input, "username");
    const user = yield* changeIdentifiers(ports, scope, id, ifVersion, {
      operation: "users.change_username",
      event: "user.username_changed",
      apply: (before) => reachable({ ...before, username }, { username }),
    });
    return viewOf(scope.actor, user);
  }),

  changeOwner: Effect.fn("Users.changeOwner")(function* (scope, id, input, ifVersion = {}) {
    const ownerId = yield* decodeOwnerId(input, "ownerId");
    const user = yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.change_owner",
      event: "user.owner_changed",
      apply: () => Effect.succeed({ ownerId }),
    });
    return viewOf(scope.actor, user);
  }),

  setRole: Effect.fn("Users.setRole")(function* (scope, id, input, ifVersion = {}) {
    const role = yield* decodeRole(input, "role");
    const user = yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.set_role",
      event: "user.role_changed",
      access: true,
      apply: (before, stores) =>
        Effect.as(role === "admin" ? Effect.void : requireAnotherAdmin(stores, scope.tenant, before), { role }),
    });
    return viewOf(scope.actor, user);
  }),

  setPassword: Effect.fn("Users.setPassword")(function* (scope, id, input, options = {}) {
    yield* decodeUserId(id, "id");
    yield* requireStanding(scope.actor, "users.set_password");
    const { temporary = false, ...ifVersion } = yield* decodePasswordOptions(options);
    const password = Redacted.make(yield* decodeNewPassword(input, "password"));
    const owner = yield* existing(scope.storage, scope.tenant, id);
    const hash = yield* ports.passwords.hash("password", password, owner);
    yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.set_password",
      event: "user.password_set",
      always: true,
      endsSessions: true,
      apply: (before, stores, at) =>
        stores.credentials
          .put(scope.tenant, before.id, hash, at)
          .pipe(
            Effect.andThen(ports.throttle.clear(stores, scope.tenant, before)),
            Effect.andThen(notified(ports, scope, before, stores, at)),
            Effect.as(
              temporary ? { requiredActions: [...new Set([...before.requiredActions, "UPDATE_PASSWORD"])] } : {},
            ),
          ),
    });
  }),

  changePassword: Effect.fn("Users.changePassword")(function* (scope, oldInput, newInput, ifVersion = {}) {
    const id = actorId(scope.actor);
    if (id === null) {
      yield* requireStanding(scope.actor, "users.change_password");
      return yield* new Unauthenticated();
    }
    const oldPassword = Redacted.make(yield* decodeOldPassword(oldInput, "oldPassword"));
    const newPassword = Redacted.make(yield* decodeNewPassword(newInput, "newPassword"));
    const owner = yield* existing(scope.storage, scope.tenant, id);
    const stored = yield* scope.storage.credentials.find(scope.tenant, id);
    if (Option.isNone(stored)) return yield* new InvalidCredentials();
    const known = { tenant: scope.tenant, userId: id };
    if (!(yield* checkStored(ports.hasher, oldPassword, stored.value, known))) return yield* new InvalidCredentials();
    const hash = yield* ports.passwords.hash("newPassword", newPassword, owner);
    yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.change_password",
      event: "user.password_changed",
      always: true,
      endsSessions: true,
      apply: Effect.fnUntraced(function* (before, stores, at) {
        // Compare-and-swap: of two changes that both knew the old password, the second must not win silently.
        if (!(yield* stores.credentials.replace(scope.tenant, before.id, stored.value, hash, at))) {
          return yield* new InvalidCredentials();
        }
        yield* notified(ports, scope, before, stores, at);
        return { requiredActions: withoutAction(before.requiredActions, "UPDATE_PASSWORD") };
      }),
    });
  }),
});

const notified = ({ mails }: UserChangesPorts, scope: CallScope, { id }: User, stores: Stores, at: Date) =>
  mails.append(stores, scope.tenant, { kind: "password_changed", userId: id }, at);

/** Refuses what would leave the tenant without an enabled admin. */
export const requireAnotherAdmin = (
  stores: Stores,
  tenant: string,
  user: User,
): Effect.Effect<void, LastAdmin | StoreUnavailable> => {
  if (user.role !== "admin" || user.status !== "enabled") return Effect.void;
  return Effect.flatMap(stores.users.hasOtherEnabledAdmin(tenant, user.id), (another) =>
    another ? Effect.void : Effect.fail(new LastAdmin()),
  );
};

/** A username that is the user's email follows it. A new address is unproven unless `provenAt` says when it was. */
export const withEmail = (
  before: User,
  email: string | null,
  provenAt: Date | null = null,
): Effect.Effect<Partial<User>, InvalidInput> => {
  const follows =
    before.username !== null &&
    before.email !== null &&
    canonicalUsername(before.username) === canonicalEmail(before.email);
  const fields = {
    email,
    emailVerifiedAt: provenAt ?? (sameAddress(before.email, email) ? before.emailVerifiedAt : null),
    ...(follows && email !== null ? { username: email } : {}),
  };
  return reachable({ ...before, ...fields }, fields);
};

/** Whether two texts are one address. */
export const sameAddress = (left: string | null, right: string | null): boolean =>
  left !== null && right !== null && canonicalEmail(left) === canonicalEmail(right);

/** Refuses a user without any name to log in by, or with somebody's address as username. */
const reachable = <Fields>(after: User, fields: Fields) => {
  if (after.username === null && after.email === null) {
    return Effect.fail(invalid("username", "required", "cannot be absent when the email is"));
  }
  return Effect.as(requireOwnEmailAsUsername(after), fields);
};
