import * as Effect from "effect/Effect";
import type { AuditEventType } from "../audit/audit-event.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { type Operation, requireIdentified, requireOn, require as requireStanding } from "../authorization/policy.ts";
import { IllegalTransition, type LastAdmin, type StoreUnavailable, VersionMismatch } from "../errors.ts";
import { withdraw } from "../invitation/open-invitation.ts";
import type { Stores } from "../ports/storage.ts";
import { type ChangePorts, changeUser, existing } from "./change-user.ts";
import { type LifecycleEvent, transition } from "./lifecycle.ts";
import type { IfVersion, User, UserView } from "./user.ts";
import { requireAnotherAdmin } from "./user-changes.ts";
import type { LifecycleError, PurgeError, PurgeExpiredError } from "./user-errors.ts";
import { decodeIfVersion, decodeUserId } from "./user-input.ts";
import { viewOf } from "./user-view.ts";

export interface UserLifecyclePorts extends ChangePorts {
  /** How long deleted users are kept, in days. */
  readonly retentionDays: number;
}

type Move = (scope: CallScope, id: string, ifVersion?: IfVersion) => Effect.Effect<UserView, LifecycleError>;

/** Users through the states of `lifecycle.ts`. */
export interface UserLifecycle {
  readonly enable: Move;
  readonly disable: Move;
  readonly delete: Move;
  readonly restore: Move;
  readonly purge: (scope: CallScope, id: string, ifVersion?: IfVersion) => Effect.Effect<void, PurgeError>;
  readonly purgeExpired: (scope: CallScope) => Effect.Effect<number, PurgeExpiredError>;
}

/** Users purged in one transaction: bounds how long writers wait behind a purge of many. */
const purgeBatch = 100;
/** Sessions or tokens removed in one transaction: single rows, without anything that belongs to them. */
const rowBatch = 1_000;

export const makeUserLifecycle = (ports: UserLifecyclePorts): UserLifecycle => {
  const move = (event: Exclude<LifecycleEvent, "purge">, operation: Operation, auditEvent: AuditEventType): Move =>
    Effect.fn(`Users.${event}`)(function* (scope, id, ifVersion = {}) {
      const user = yield* changeUser(ports, scope, id, ifVersion, {
        operation,
        event: auditEvent,
        access: true,
        endsSessions: event === "disable" || event === "delete",
        apply: (before, stores, at) => moved(stores, scope.tenant, before, event, at),
      });
      return viewOf(scope.actor, user);
    });

  const purge: UserLifecycle["purge"] = Effect.fn("Users.purge")(function* (scope, id, ifVersion = {}) {
    yield* requireIdentified(scope.actor);
    yield* decodeUserId(id, "id");
    const expected = (yield* decodeIfVersion(ifVersion)).version;
    yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const user = yield* existing(stores, scope.tenant, id);
        yield* requireOn(scope.actor, "users.purge", user);
        if (expected !== undefined && expected !== user.version) {
          return yield* new VersionMismatch({ expected, current: user.version });
        }
        if (transition(user.status, "purge") === undefined) {
          return yield* new IllegalTransition({ status: user.status, event: "purge" });
        }
        yield* remove(stores, scope, id);
      }),
    );
  });

  const remove = Effect.fnUntraced(function* (stores: Stores, scope: CallScope, id: string) {
    yield* stores.users.remove(scope.tenant, id);
    yield* stores.audit.append(scope.tenant, {
      id: ports.ids.next(),
      at: new Date(ports.clock.now()),
      type: "user.purged",
      actor: auditActor(scope.actor),
      userId: id,
      sessionId: null,
      changes: [],
    });
  });

  /** One transaction. Answers how many there were; those deleted first of all are passed over. */
  const purgeOldest = (scope: CallScope, before: Date, atMost: number, passedOver: number) =>
    scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const ids = yield* stores.users.listDeletedBefore(scope.tenant, before, atMost, passedOver);
        for (const id of ids) yield* remove(stores, scope, id);
        return ids.length;
      }),
    );

  const purgeExpired: UserLifecycle["purgeExpired"] = Effect.fn("Users.purgeExpired")(function* (scope) {
    yield* requireStanding(scope.actor, "users.purge");
    const before = new Date(ports.clock.now() - ports.retentionDays * 86_400_000);
    let [purged, kept, alone] = [0, 0, 0];
    while (true) {
      const size = alone > 0 ? 1 : purgeBatch;
      const batch = yield* purgeOldest(scope, before, size, kept).pipe(
        Effect.catchTag("UserReferenced", () => Effect.succeed(undefined)),
      );
      if (batch === undefined && size > 1) {
        // Somebody among these has to stay: each goes alone.
        alone = purgeBatch;
        continue;
      }
      alone = Math.max(0, alone - 1);
      if (batch === undefined) kept += 1;
      else purged += batch;
      if (batch !== undefined && batch < size) break;
    }
    yield* forgetWhatEndedBefore(scope, before, new Date(ports.clock.now()));
    return purged;
  });

  return {
    enable: move("enable", "users.enable", "user.enabled"),
    disable: move("disable", "users.disable", "user.disabled"),
    delete: move("delete", "users.delete", "user.deleted"),
    restore: move("restore", "users.restore", "user.restored"),
    purge,
    purgeExpired,
  };
};

/** Sessions and one-time tokens that ended so long ago are no use to anybody, in any tenant; nor are old failures. */
const forgetWhatEndedBefore = Effect.fnUntraced(function* (scope: CallScope, before: Date, now: Date) {
  const removals = [
    ({ sessions }: Stores) => sessions.removeEndedBefore(before, rowBatch),
    ({ oneTimeTokens }: Stores) => oneTimeTokens.removeExpiredBefore(before, rowBatch),
    ({ attempts }: Stores) => attempts.removeExpiredBefore(now, rowBatch),
  ];
  for (const remove of removals) while ((yield* scope.storage.transact(remove)) === rowBatch);
});

const moved = Effect.fnUntraced(function* (
  stores: Stores,
  tenant: string,
  user: User,
  event: LifecycleEvent,
  at: Date,
): Effect.fn.Return<Partial<User>, IllegalTransition | LastAdmin | StoreUnavailable> {
  const status = transition(user.status, event);
  if (status === undefined || status === "purged") return yield* new IllegalTransition({ status: user.status, event });
  if (status !== "enabled") yield* requireAnotherAdmin(stores, tenant, user);
  if (user.status === "pending") yield* withdraw(stores, tenant, user.id, at);
  return { status, deletedAt: status === "deleted" ? at : null };
});
