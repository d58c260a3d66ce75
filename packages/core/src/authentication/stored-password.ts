import * as Effect from "effect/Effect";
import type * as Redacted from "effect/Redacted";
import type { TooBusy } from "../errors.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";

/**
 * Whether a password made a stored hash. One that cannot be checked matches nothing, after the work of a login that names
 * nobody: whoever tries learns nothing of it, the log says whose it is and why.
 */
export const checkStored = (
  hasher: PasswordHasher,
  password: Redacted.Redacted,
  stored: string,
  { tenant, userId }: { readonly tenant: string; readonly userId: string },
): Effect.Effect<boolean, TooBusy> => {
  const { scheme, refusal } = hasher.inspect(stored);
  if (refusal === null) return hasher.verify(password, stored);
  return Effect.logWarning("A stored password hash cannot be checked.").pipe(
    Effect.annotateLogs({ tenant, userId, scheme, reason: refusal }),
    Effect.andThen(hasher.verifyNothing(password)),
    Effect.as(false),
  );
};
