import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type KnownAction, withoutAction } from "../authorization/required-actions.ts";
import type { StoreUnavailable } from "../errors.ts";
import type { Stores } from "../ports/storage.ts";

/** Clears a required action of a user that was just done, in the transaction that did it and writes its audit event. */
export const clearAction: (
  stores: Stores,
  tenant: string,
  userId: string,
  done: KnownAction,
  at: Date,
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* (stores, tenant, userId, done, at) {
  const before = Option.getOrUndefined(yield* stores.users.find(tenant, userId));
  if (before === undefined || !before.requiredActions.includes(done)) return;
  const requiredActions = withoutAction(before.requiredActions, done);
  const after = { ...before, requiredActions, updatedAt: at, updatedBy: userId, version: before.version + 1 };
  // No name changes, so none can be taken.
  yield* stores.users
    .update(tenant, before, after)
    .pipe(Effect.catchTags({ UsernameTaken: Effect.die, EmailTaken: Effect.die }));
  yield* stores.accessChanges.append({ tenant, userId }, at);
});
