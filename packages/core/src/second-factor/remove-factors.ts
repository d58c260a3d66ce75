import * as Effect from "effect/Effect";
import type { StoreUnavailable } from "../errors.ts";
import type { Stores } from "../ports/storage.ts";
import { isConfirmed } from "./second-factor.ts";

/** Removes the factors of a user that were made at an instant or after it; without any left, the recovery codes too. */
export const removeFactorsSince: (
  stores: Pick<Stores, "secondFactors">,
  tenant: string,
  userId: string,
  since: Date,
) => Effect.Effect<void, StoreUnavailable> = Effect.fnUntraced(function* ({ secondFactors }, tenant, userId, since) {
  const factors = yield* secondFactors.list(tenant, userId);
  const removed = factors.filter(({ createdAt }) => createdAt >= since);
  for (const { id } of removed) yield* secondFactors.remove(tenant, id);
  const isAnyLeft = factors.some((factor) => isConfirmed(factor) && !removed.includes(factor));
  if (removed.length > 0 && !isAnyLeft) yield* secondFactors.replaceRecoveryCodes(tenant, userId, []);
});
