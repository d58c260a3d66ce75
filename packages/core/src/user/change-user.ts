import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AuditEventType } from "../audit/audit-event.ts";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import { type Operation, requireIdentified, requireOn } from "../authorization/policy.ts";
import { EmailTaken, type StoreUnavailable, UserNotFound, UsernameTaken, VersionMismatch } from "../errors.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";
import type { IfVersion, User } from "./user.ts";
import type { ChangeUserError } from "./user-errors.ts";
import { decodeIfVersion, decodeUserId } from "./user-input.ts";

/** What any change of a user needs of its surroundings. */
export interface ChangePorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
}

/** A change of one user: who may, what it is called in the audit log, what becomes different. */
export interface UserChange<E> {
  readonly operation: Operation;
  readonly event: AuditEventType;
  /** The fields that change; those equal to what is stored count as unchanged. */
  readonly apply: (before: User, stores: Stores, at: Date) => Effect.Effect<Partial<User>, E>;
  /** Written even though no field changed, e.g. a password. */
  readonly always?: boolean;
  /** The user's tokens must be looked at again: status, role or sessions change with it. */
  readonly access?: boolean;
  /** Ends every session of the user. */
  readonly endsSessions?: boolean;
}

/** What `changeUser` may fail with beyond what the change itself does. */
type Failure = ChangeUserError | UsernameTaken | EmailTaken;

/**
 * Runs a change as one transaction: find → policy → version → apply → write → sessions → audit. Answers the user as it
 * is afterwards; a change that changes nothing writes nothing and answers what is stored.
 */
export const changeIdentifiers: <E>(
  ports: ChangePorts,
  scope: CallScope,
  id: string,
  ifVersion: IfVersion,
  change: UserChange<E>,
) => Effect.Effect<User, E | Failure> = Effect.fnUntraced(function* (ports, scope, id, ifVersion, change) {
  yield* requireIdentified(scope.actor);
  yield* decodeUserId(id, "id");
  const expected = (yield* decodeIfVersion(ifVersion)).version;
  const at = new Date(ports.clock.now());
  return yield* scope.storage.transact((stores) => writeChange(ports, scope, stores, id, expected, at, change));
});

/** Like {@link changeIdentifiers}, for changes that leave username and email alone and so cannot collide. */
export const changeUser = <E>(
  ports: ChangePorts,
  scope: CallScope,
  id: string,
  ifVersion: IfVersion,
  change: UserChange<E>,
): Effect.Effect<User, E | ChangeUserError> =>
  Effect.catch(changeIdentifiers(ports, scope, id, ifVersion, change), (error) =>
    isCollision(error) ? Effect.die(error) : Effect.fail(error as Exclude<typeof error, UsernameTaken | EmailTaken>),
  );

const isCollision = (error: unknown): error is UsernameTaken | EmailTaken =>
  error instanceof UsernameTaken || error instanceof EmailTaken;

/** The steps of a change, inside a transaction of the caller's; see {@link changeIdentifiers}. */
export const writeChange: <E>(
  ports: ChangePorts,
  scope: CallScope,
  stores: Stores,
  id: string,
  expected: number | undefined,
  at: Date,
  change: UserChange<E>,
) => Effect.Effect<User, E | Failure> = Effect.fnUntraced(function* (ports, scope, stores, id, expected, at, change) {
  const { actor, tenant } = scope;
  const before = yield* existing(stores, tenant, id);
  yield* requireOn(actor, change.operation, before);
  if (expected !== undefined && expected !== before.version) {
    return yield* new VersionMismatch({ expected, current: before.version });
  }
  const fields = yield* change.apply(before, stores, at);
  const changes = changedFields(before, fields);
  if (changes.length === 0 && change.always !== true) return before;
  const after: User = { ...before, ...fields, updatedAt: at, updatedBy: actorId(actor), version: before.version + 1 };
  if (!(yield* stores.users.update(tenant, before, after))) {
    const { version } = yield* existing(stores, tenant, id);
    return yield* new VersionMismatch({ expected: before.version, current: version });
  }
  if (change.endsSessions === true) yield* stores.sessions.revokeAll(tenant, id, at);
  if (change.access === true || change.endsSessions === true || changes.includes("requiredActions")) {
    yield* stores.accessChanges.append({ tenant, userId: id }, at);
  }
  yield* stores.audit.append(tenant, {
    id: ports.ids.next(),
    at,
    type: change.event,
    actor: auditActor(actor),
    userId: id,
    sessionId: null,
    changes,
  });
  return after;
});

/** The user with this id, or UserNotFound. */
export const existing = (
  stores: Pick<Stores, "users">,
  tenant: string,
  id: string,
): Effect.Effect<User, UserNotFound | StoreUnavailable> =>
  Effect.flatMap(
    stores.users.find(tenant, id),
    Option.match({ onNone: () => Effect.fail(new UserNotFound()), onSome: (user) => Effect.succeed(user) }),
  );

/** Order of keys is no difference between two JSON objects: not every store keeps it. */
const changedFields = (before: User, fields: Partial<User>): readonly (keyof User)[] =>
  (Object.keys(fields) as (keyof User)[]).filter((key) => !isDeepStrictEqual(before[key], fields[key]));
