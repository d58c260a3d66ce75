import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type { TooBusy } from "../errors.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import { type Argon2HasherOptions, readArgon2Options } from "./argon2-options.ts";
import type { HashCheck, HashJob } from "./argon2-worker.ts";
import { makeHashGate } from "./hash-gate.ts";
import { makeHashThread } from "./hash-thread.ts";
import { makePasswordSeal } from "./password-seal.ts";
import { type Argon2Cost, decoyPhc, hashBytes, innerText, saltBytes } from "./phc.ts";
import { checkOf, readStoredHash, type StoredHash, wrappedText } from "./stored-hash.ts";

/** The built-in hasher. */
export interface Argon2Hasher extends PasswordHasher {
  /** Lets hashes under way end, then ends the threads. A later call starts them again. */
  readonly close: Effect.Effect<void>;
}

/**
 * Makes a hasher: argon2id (RFC 9106) in threads of its own, so that neither the event loop nor libuv's pool waits.
 *
 * A password counts as its UTF-8 bytes exactly as received. Threads start with the first password and never hold an
 * idle process open. Calls fail with TooBusy at once when too many wait; its `retryAfterSeconds` comes from the line and
 * the average duration of a job. A text that is not well-formed Unicode has no UTF-8: it never matches, after the same
 * work, and hashing it is a defect. A check of a hash made otherwise than ours also does the work of one of ours: it
 * never takes less time than a login that names nobody. No password with U+0000 matches a hash of another system: some
 * of them stop reading there, others pad with it.
 *
 * @throws InvalidConfiguration for parameters weaker than OWASP ASVS 5.0, appendix C: with 1 pass less than 46 MiB,
 * with 2 less than 19 MiB, with 3 or more less than 12 MiB.
 */
export const argon2Hasher = (options: Argon2HasherOptions = {}): Argon2Hasher => {
  const { settings, threads, maxWaiting, peppers, foreign, decoys } = readArgon2Options(options);
  const gate = makeHashGate(
    Array.from({ length: threads }, () => makeHashThread(settings)),
    maxWaiting,
  );
  const seal = makePasswordSeal(peppers);
  const decoy: HashCheck = { phc: decoyPhc(settings) };

  const read = (stored: string): StoredHash => {
    const opened = seal.open(stored);
    if ("refusal" in opened) return { kind: "refused", scheme: "sealed", refusal: opened.refusal };
    return readStoredHash(opened.text, foreign);
  };

  const run = (text: string, checks?: HashJob["checks"]): Effect.Effect<string | boolean, TooBusy> =>
    withBytes(new TextEncoder().encode(text), (password) => gate.run({ password, ...(checks && { checks }) }));

  const hashed = (bytes: Uint8Array<ArrayBuffer>): Effect.Effect<string, TooBusy> =>
    withBytes(bytes, (password) => Effect.map(gate.run({ password }), String));

  return {
    hash: (password) =>
      Effect.suspend(() => {
        const text = Redacted.value(password);
        if (!text.isWellFormed()) return Effect.die(new Error("The password to hash is not well-formed Unicode."));
        return Effect.map(hashed(new TextEncoder().encode(text)), seal.close);
      }),
    verify: (password, hash) =>
      Effect.suspend(() => {
        const stored = read(hash);
        if (stored.kind === "refused") {
          return Effect.die(new Error(`The stored password hash (${stored.scheme}) is refused. ${stored.refusal}`));
        }
        const text = Redacted.value(password);
        const isPossible = text.isWellFormed() && (stored.kind === "argon2" || !text.includes("\0"));
        const others = isLike(stored, settings) ? decoys : stored.kind === "wrapped" ? [] : [decoy];
        return Effect.map(run(text, [checkOf(stored), ...others]), (answer) => answer === true && isPossible);
      }),
    verifyNothing: (password) => Effect.asVoid(Effect.suspend(() => run(Redacted.value(password), [decoy, ...decoys]))),
    isOutdated: (hash) => !seal.isCurrent(hash) || !isLike(read(hash), settings),
    inspect: (hash) => {
      const stored = read(hash);
      return { scheme: stored.scheme, refusal: stored.kind === "refused" ? stored.refusal : null };
    },
    hardened: (hash, { wrap }) =>
      Effect.suspend(() => {
        const opened = seal.open(hash);
        const stored = read(hash);
        if ("refusal" in opened || stored.kind === "refused") return Effect.succeedNone;
        if (wrap && stored.kind === "foreign") {
          const { blank, hash: inner } = stored.inner;
          return Effect.map(hashed(new TextEncoder().encode(innerText(inner))), (phc) =>
            Option.some(seal.close(wrappedText(phc, blank))),
          );
        }
        return Effect.succeed(seal.isCurrent(hash) ? Option.none() : Option.some(seal.close(opened.text)));
      }),
    close: gate.close,
  };
};

/** Whether it was made exactly as we make ours now. */
const isLike = (stored: StoredHash, cost: Argon2Cost): boolean =>
  stored.kind === "argon2" &&
  stored.facts.variant === "argon2id" &&
  stored.facts.version === 19 &&
  stored.facts.memoryKiB === cost.memoryKiB &&
  stored.facts.passes === cost.passes &&
  stored.facts.parallelism === cost.parallelism &&
  stored.facts.saltBytes === saltBytes &&
  stored.facts.hashBytes === hashBytes;

/** Gives bytes, which have a buffer of their own, to one use and wipes them after. */
const withBytes = <A, E>(
  bytes: Uint8Array<ArrayBuffer>,
  use: (bytes: Uint8Array<ArrayBuffer>) => Effect.Effect<A, E>,
): Effect.Effect<A, E> =>
  Effect.ensuring(
    use(bytes),
    Effect.sync(() => bytes.fill(0)),
  );
