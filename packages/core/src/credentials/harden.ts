import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { require } from "../authorization/policy.ts";
import type { TooBusy } from "../errors.ts";
import { decoder, rule } from "../kernel/input.ts";
import type { StoredCredential } from "../ports/credential-store.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { CredentialCare, RefusedCredential } from "./credentials.ts";

export interface HardenPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly hasher: PasswordHasher;
}

interface Hardened extends StoredCredential {
  readonly hardenedHash: string;
}

const decodeOptions = decoder(
  Schema.Struct({
    after: Schema.optionalKey(Schema.String),
    limit: Schema.optionalKey(
      Schema.Number.check(
        rule("limit", "must be a whole number from 1 to 1,000", (value: number) => {
          return Number.isSafeInteger(value) && value >= 1 && value <= 1_000;
        }),
      ),
    ),
    wrap: Schema.optionalKey(Schema.Boolean),
    dryRun: Schema.optionalKey(Schema.Boolean),
  }),
);

/**
 * Makes the function that hardens one page of stored hashes. It hashes one after the other, so that logins find threads
 * free, and waits when the line is full. Each hash is replaced only if it still is the one that was read: run twice, or
 * by several processes at once, it never overwrites a password set meanwhile, and does nothing where nothing is to do.
 */
export const makeHarden = ({ clock, ids, hasher }: HardenPorts): CredentialCare["harden"] => {
  const write = Effect.fnUntraced(function* (scope: CallScope, changed: readonly Hardened[]) {
    if (changed.length === 0) return 0;
    const at = new Date(clock.now());
    return yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        let written = 0;
        for (const { userId, passwordHash, hardenedHash } of changed) {
          if (!(yield* stores.credentials.replace(scope.tenant, userId, passwordHash, hardenedHash, at))) continue;
          written++;
          yield* stores.audit.append(scope.tenant, {
            id: ids.next(),
            at,
            type: "user.password_hardened",
            actor: auditActor(scope.actor),
            userId,
            sessionId: null,
            changes: [],
          });
        }
        return written;
      }),
    );
  });

  return Effect.fn("Credentials.harden")(function* (scope, input = {}) {
    yield* require(scope.actor, "credentials.harden");
    const { after = null, limit = 100, wrap = true, dryRun = false } = yield* decodeOptions(input);
    const page = yield* scope.storage.credentials.listAfter(scope.tenant, after, limit);
    const schemes: Record<string, number> = {};
    const refused: RefusedCredential[] = [];
    const changed: Hardened[] = [];
    for (const { userId, passwordHash } of page) {
      const { scheme, refusal } = hasher.inspect(passwordHash);
      schemes[scheme] = (schemes[scheme] ?? 0) + 1;
      if (refusal !== null) refused.push({ userId, scheme, reason: refusal });
      if (refusal !== null || dryRun) continue;
      const hardened = yield* patiently(hasher.hardened(passwordHash, { wrap }));
      if (Option.isSome(hardened)) changed.push({ userId, passwordHash, hardenedHash: hardened.value });
    }
    const hardened = yield* write(scope, changed);
    const next = page.length < limit ? null : (page.at(-1)?.userId ?? null);
    return { checked: page.length, hardened, schemes, refused, next };
  });
};

/** Waits while the line is full, as long as it says: logins go first. */
const patiently = <A>(work: Effect.Effect<A, TooBusy>): Effect.Effect<A> =>
  Effect.catch(work, ({ retryAfterSeconds }) =>
    Effect.flatMap(Effect.sleep(retryAfterSeconds * 1_000), () => patiently(work)),
  );
