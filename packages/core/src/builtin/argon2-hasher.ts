import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type { TooBusy } from "../errors.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import { type Argon2HasherOptions, readArgon2Options } from "./argon2-options.ts";
import { makeHashGate } from "./hash-gate.ts";
import { makeHashThread } from "./hash-thread.ts";
import { decoyPhc, excessOf, hashBytes, readPhc, saltBytes } from "./phc.ts";

/** The built-in hasher. */
export interface Argon2Hasher extends PasswordHasher {
  /** Lets hashes under way end, then ends the threads. A later call starts them again. */
  readonly close: Effect.Effect<void>;
}

/**
 * Makes a hasher: argon2id (RFC 9106) in threads of its own, so that neither the event loop nor libuv's pool waits.
 *
 * A password counts as its UTF-8 bytes exactly as received. Threads start with the first password and never hold an
 * idle process open. `hash`, `verify` and `verifyNothing` fail with TooBusy at once when too many calls wait; its
 * `retryAfterSeconds` comes from the line and the average duration of a hash. A text that is not well-formed Unicode
 * has no UTF-8: it never matches, after the same work, and hashing it is a defect. A stored hash that is no argon2 PHC
 * string, or names parameters that would stall the machine, is a defect before any work.
 *
 * @throws InvalidConfiguration for parameters weaker than OWASP ASVS 5.0, appendix C: with 1 pass less than 46 MiB,
 * with 2 less than 19 MiB, with 3 or more less than 12 MiB.
 */
export const argon2Hasher = (options: Argon2HasherOptions = {}): Argon2Hasher => {
  const { settings, threads, maxWaiting } = readArgon2Options(options);
  const gate = makeHashGate(
    Array.from({ length: threads }, () => makeHashThread(settings)),
    maxWaiting,
  );
  const decoy = decoyPhc(settings);

  const check = (password: Redacted.Redacted, phc: string): Effect.Effect<boolean, TooBusy> => {
    const text = Redacted.value(password);
    return withBytes(text, (bytes) =>
      Effect.map(gate.run({ password: bytes, phc }), (answer) => answer === true && text.isWellFormed()),
    );
  };

  return {
    hash: (password) =>
      Effect.suspend(() => {
        const text = Redacted.value(password);
        if (!text.isWellFormed()) return Effect.die(new Error("The password to hash is not well-formed Unicode."));
        return withBytes(text, (bytes) => Effect.map(gate.run({ password: bytes }), String));
      }),
    verify: (password, hash) =>
      Effect.suspend(() => {
        const stored = readPhc(hash);
        if (stored === undefined) return Effect.die(new Error("The stored password hash is no PHC string of argon2."));
        const excess = excessOf(stored);
        if (excess !== undefined) return Effect.die(new Error(`The stored password hash asks for ${excess}.`));
        return check(password, hash);
      }),
    verifyNothing: (password) => Effect.asVoid(Effect.suspend(() => check(password, decoy))),
    isOutdated: (hash) => {
      const stored = readPhc(hash);
      return !(
        stored?.variant === "argon2id" &&
        stored.version === 19 &&
        stored.memoryKiB === settings.memoryKiB &&
        stored.passes === settings.passes &&
        stored.parallelism === settings.parallelism &&
        stored.saltBytes === saltBytes &&
        stored.hashBytes === hashBytes
      );
    },
    close: gate.close,
  };
};

/** Gives the bytes of a password to one use and wipes them after. They have a buffer of their own. */
const withBytes = <A, E>(
  text: string,
  use: (bytes: Uint8Array<ArrayBuffer>) => Effect.Effect<A, E>,
): Effect.Effect<A, E> => {
  const bytes = new TextEncoder().encode(text);
  return Effect.ensuring(
    use(bytes),
    Effect.sync(() => bytes.fill(0)),
  );
};
