import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type { NewPasswords } from "../authentication/new-password.ts";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import { require, requireIdentified, requireOn, requireSettable } from "../authorization/policy.ts";
import {
  InvalidConfiguration,
  type InvalidInput,
  MailNotConfigured,
  Unauthenticated,
  UserNotFound,
} from "../errors.ts";
import type { OpenInvitation } from "../invitation/open-invitation.ts";
import { invalid } from "../kernel/input.ts";
import { canonicalEmail, canonicalUsername } from "../kernel/text.ts";
import type { IdGenerator } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";
import type { MailRequests } from "../recovery/mail-requests.ts";
import type { ChangePorts } from "./change-user.ts";
import type { NewUser, User, UserView } from "./user.ts";
import type { CreateUserError, FindUserError } from "./user-errors.ts";
import { decodeEmail, decodeNewUser, decodeUserId, decodeUsername } from "./user-input.ts";
import { viewOf } from "./user-view.ts";

export interface UsersPorts extends ChangePorts {
  /** Makes the ids of users whose creator names none. */
  readonly userIds: IdGenerator;
  readonly passwords: NewPasswords;
  /** Asks who signed up to prove the address, where mails can be sent. */
  readonly mails: Pick<MailRequests, "append" | "wake">;
  readonly invitation: OpenInvitation;
}

/** Users come, and are found one by one. */
export interface UserReads {
  readonly create: (scope: CallScope, user: NewUser) => Effect.Effect<UserView, CreateUserError>;
  readonly get: (scope: CallScope, id: string) => Effect.Effect<UserView, FindUserError>;
  readonly findByUsername: (scope: CallScope, username: string) => Effect.Effect<UserView, FindUserError>;
  readonly findByEmail: (scope: CallScope, email: string) => Effect.Effect<UserView, FindUserError>;
  readonly profile: (scope: CallScope) => Effect.Effect<UserView, FindUserError>;
}

export const makeUsers = (ports: UsersPorts): UserReads => {
  const create = Effect.fn("Users.create")(function* (
    scope: CallScope,
    input: NewUser,
  ): Effect.fn.Return<UserView, CreateUserError> {
    yield* require(scope.actor, "users.create");
    const decoded = yield* decodeNewUser(input);
    yield* requireSettable(scope.actor, "users.create", decoded);
    const { password, passwordHash, invite = false, ...rest } = decoded;
    const given = invite ? { status: "pending" as const, ...rest } : rest;
    if (password !== undefined && passwordHash !== undefined) {
      return yield* invalid("passwordHash", "one_password", "cannot be given beside a password");
    }
    const user = newUser(given, given.id ?? (yield* madeId), new Date(ports.clock.now()));
    if (user.username === null && user.email === null) {
      return yield* invalid("username", "required", "cannot be absent when the email is");
    }
    if (given.emailVerified === true && user.email === null) {
      return yield* invalid("emailVerified", "required_email", "cannot be said without an email");
    }
    yield* requireOwnEmailAsUsername(user);
    if (invite) yield* requireInvitable(user, password ?? passwordHash);
    const hash = yield* hashOf(password, passwordHash, user);
    yield* scope.storage.transact((stores) => insert(scope, stores, user, hash, invite));
    if (invite) ports.mails.wake();
    return scope.actor.kind === "anonymous" ? ownView(user) : viewOf(scope.actor, user);
  });

  /** What breaks the rules for ids is a mistake of whoever fills the port, not of the caller. */
  const madeId = Effect.suspend(() => decodeUserId(ports.userIds.next(), "id")).pipe(
    Effect.mapError(
      ({ issues }) =>
        new InvalidConfiguration({
          reason: `The port 'idGenerator' made something that is no id: it ${issues[0]?.message}.`,
        }),
    ),
  );

  const hashOf = (password: string | undefined, passwordHash: string | undefined, user: User) => {
    if (password !== undefined) return ports.passwords.hash("password", Redacted.make(password), user);
    return passwordHash === undefined ? Effect.undefined : ports.passwords.imported("passwordHash", passwordHash);
  };

  /** What an invitation sets is not set beforehand. */
  const requireInvitable = Effect.fnUntraced(function* (user: User, password: string | undefined) {
    if (!ports.invitation.canInvite) return yield* new MailNotConfigured();
    if (user.email === null) return yield* invalid("email", "required", "is needed to send an invitation to");
    if (password !== undefined) return yield* invalid("password", "invited", "is chosen by who is invited");
    if (user.status !== "pending") return yield* invalid("status", "invited", "is 'pending' of who is invited");
  });

  const insert = Effect.fnUntraced(function* (
    scope: CallScope,
    stores: Stores,
    user: User,
    hash: string | undefined,
    invite: boolean,
  ) {
    yield* stores.users.insert(scope.tenant, user);
    if (hash !== undefined) yield* stores.credentials.put(scope.tenant, user.id, hash, user.createdAt);
    yield* stores.audit.append(scope.tenant, {
      id: ports.ids.next(),
      at: user.createdAt,
      type: "user.created",
      actor: auditActor(scope.actor),
      userId: user.id,
      sessionId: null,
      changes: [],
    });
    if (invite && user.email !== null) yield* ports.invitation.open(scope, stores, user, user.email, user.createdAt);
    if (scope.actor.kind === "anonymous" && user.email !== null) {
      const request = { kind: "email_verification", userId: user.id } as const;
      yield* ports.mails.append(stores, scope.tenant, request, user.createdAt);
    }
  });

  const get = Effect.fnUntraced(function* (scope: CallScope, id: string): Effect.fn.Return<UserView, FindUserError> {
    yield* requireIdentified(scope.actor);
    yield* decodeUserId(id, "id");
    return yield* shown(scope, yield* scope.storage.users.find(scope.tenant, id));
  });

  const findByUsername = Effect.fnUntraced(function* (
    scope: CallScope,
    username: string,
  ): Effect.fn.Return<UserView, FindUserError> {
    yield* requireIdentified(scope.actor);
    const typed = yield* decodeUsername(username, "username");
    if (typed === null) return yield* new UserNotFound();
    const canonical = canonicalUsername(typed);
    const found = yield* scope.storage.users.findByIdentifier(scope.tenant, canonical);
    return yield* shown(
      scope,
      Option.filter(found, (user) => user.username !== null && canonicalUsername(user.username) === canonical),
    );
  });

  const findByEmail = Effect.fnUntraced(function* (
    scope: CallScope,
    email: string,
  ): Effect.fn.Return<UserView, FindUserError> {
    yield* require(scope.actor, "users.find_by_email");
    const typed = yield* decodeEmail(email, "email");
    const canonical = typed === null ? undefined : canonicalEmail(typed);
    if (canonical === undefined) return yield* new UserNotFound();
    const found = yield* scope.storage.users.findByIdentifier(scope.tenant, canonical);
    return yield* shown(
      scope,
      Option.filter(found, ({ email }) => email !== null && (email === typed || canonicalEmail(email) === canonical)),
    );
  });

  const profile = Effect.fnUntraced(function* (scope: CallScope): Effect.fn.Return<UserView, FindUserError> {
    yield* require(scope.actor, "users.profile");
    const id = actorId(scope.actor);
    return id === null ? yield* new Unauthenticated() : yield* get(scope, id);
  });

  return { create, get, findByUsername, findByEmail, profile };
};

const shown = Effect.fnUntraced(function* (
  scope: CallScope,
  found: Option.Option<User>,
): Effect.fn.Return<UserView, FindUserError> {
  if (Option.isNone(found)) return yield* new UserNotFound();
  yield* requireOn(scope.actor, "users.read", found.value);
  return viewOf(scope.actor, found.value);
});

/** A username with an '@' is an address; only its owner may carry it, or it would shadow somebody's email at login. */
export const requireOwnEmailAsUsername = (
  user: Pick<User, "username" | "email">,
): Effect.Effect<void, InvalidInput> => {
  if (user.username === null || !user.username.includes("@")) return Effect.void;
  if (user.email !== null && canonicalEmail(user.email) === canonicalUsername(user.username)) return Effect.void;
  return Effect.fail(
    invalid("username", "username_like_email", "may be an email address only when it is the user's own"),
  );
};

/** What somebody who just signed up sees of themself. */
const ownView = ({ privateMetadata: _hidden, ...visible }: User): UserView => visible;

const newUser = (given: Omit<NewUser, "password" | "passwordHash" | "invite">, id: string, at: Date): User => ({
  id,
  username: given.username ?? null,
  email: given.email ?? null,
  emailVerifiedAt: given.emailVerified === true && given.email != null ? at : null,
  firstName: given.firstName ?? null,
  lastName: given.lastName ?? null,
  displayName: given.displayName ?? null,
  phoneNumber: given.phoneNumber ?? null,
  locale: given.locale ?? null,
  pictureUrl: given.pictureUrl ?? null,
  tags: [...new Set(given.tags)],
  metadata: given.metadata ?? {},
  privateMetadata: given.privateMetadata ?? {},
  role: given.role ?? "user",
  status: given.status ?? "enabled",
  ownerId: given.ownerId ?? null,
  requiredActions: [...new Set(given.requiredActions)],
  createdAt: at,
  updatedAt: null,
  updatedBy: null,
  deletedAt: null,
  version: 1,
  firstLoginAt: null,
  lastLoginAt: null,
  loginCount: 0,
});
