import * as Effect from "effect/Effect";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { requireIdentified, requireOn } from "../authorization/policy.ts";
import { type ChangePorts, existing } from "../user/change-user.ts";
import type { UnlockError } from "../user/user-errors.ts";
import { decodeUserId } from "../user/user-input.ts";
import type { Throttle } from "./throttle.ts";

/** Ends waits by hand. */
export interface Unlock {
  readonly unlock: (scope: CallScope, id: string) => Effect.Effect<void, UnlockError>;
}

export const makeUnlock = (ports: ChangePorts & { readonly throttle: Throttle }): Unlock => ({
  unlock: Effect.fn("Users.unlock")(function* (scope, id) {
    yield* requireIdentified(scope.actor);
    yield* decodeUserId(id, "id");
    const at = new Date(ports.clock.now());
    yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const user = yield* existing(stores, scope.tenant, id);
        yield* requireOn(scope.actor, "users.unlock", user);
        yield* ports.throttle.clear(stores, scope.tenant, user);
        yield* stores.audit.append(scope.tenant, {
          id: ports.ids.next(),
          at,
          type: "user.unlocked",
          actor: auditActor(scope.actor),
          userId: id,
          sessionId: null,
          changes: [],
        });
      }),
    );
  }),
});
