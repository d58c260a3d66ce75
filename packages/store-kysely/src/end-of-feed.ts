import { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";

/**
 * The tenant of the last entry that a feed of access changes gets when its database is moved to another one: no tenant is
 * called so. Whoever still reads the old feed would never hear again whose access ended, and must not trust anybody.
 */
export const endOfFeed = "";

/** Fails when the feed has ended. */
export const refuseEnd = (
  entries: readonly { readonly tenant: string | null }[],
): Effect.Effect<void, StoreUnavailable> =>
  entries.some(({ tenant }) => tenant === endOfFeed) ? Effect.fail(ended) : Effect.void;

const ended = new StoreUnavailable({ reason: "it was moved to another database", retryable: false });
