import * as Effect from "effect/Effect";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { type ChangeRefused, InvalidCode, type StoreUnavailable, type TooManyAttempts } from "../errors.ts";
import { boxKey, openBox, sealBox } from "../kernel/sealed-box.ts";
import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";
import type { StoredSecondFactor } from "../ports/second-factor-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { CodeAttempts } from "./attempts.ts";
import { hashRecoveryCode, readRecoveryCode } from "./recovery-codes.ts";
import { isConfirmed } from "./second-factor.ts";
import { matchingSteps } from "./totp.ts";

/** A code that was right when it was looked at. Used up in the transaction of what it opens: of many one gets through. */
export type UseCode = (stores: Stores, at: Date) => Effect.Effect<void, InvalidCode | StoreUnavailable>;

type CheckError = InvalidCode | TooManyAttempts | ChangeRefused | StoreUnavailable;

/** Looks at codes. */
export interface CodeCheck {
  /** Any code of a user: of a confirmed app, or for recovery. */
  readonly ofUser: (scope: CallScope, userId: string, code: string) => Effect.Effect<UseCode, CheckError>;
  /** A code of one app, confirmed or not. */
  readonly ofFactor: (scope: CallScope, factor: StoredSecondFactor, code: string) => Effect.Effect<UseCode, CheckError>;
}

/** Hides the secrets of apps from whoever reads the table. A box is good for its own factor only. */
export interface FactorSecrets {
  readonly seal: (tenant: string, factor: Pick<StoredSecondFactor, "id" | "userId">, secret: Uint8Array) => Uint8Array;
  /** A box that does not open is a broken row: a defect. */
  readonly open: (tenant: string, factor: StoredSecondFactor) => Uint8Array;
}

/** Makes the seal from a key of the installation. */
export const factorSecrets = (key: Parameters<typeof boxKey>[0], randomSource: RandomSource): FactorSecrets => {
  const sealing = boxKey(key, "muster second factor 1");
  const ownerOf = (tenant: string, { id, userId }: Pick<StoredSecondFactor, "id" | "userId">) =>
    JSON.stringify([tenant, userId, id]);
  return {
    seal: (tenant, factor, secret) =>
      sealBox(sealing, randomSource.bytes, ownerOf(tenant, factor), Buffer.from(secret).toString("base64")),
    open: (tenant, factor) => {
      const text = openBox(sealing, ownerOf(tenant, factor), factor.secretBox);
      if (text === undefined) throw new Error(`The secret of second factor ${factor.id} cannot be opened.`);
      return Buffer.from(text, "base64");
    },
  };
};

export interface CodeCheckPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly secrets: FactorSecrets;
  readonly attempts: CodeAttempts;
}

export const makeCodeCheck = ({ clock, ids, secrets, attempts }: CodeCheckPorts): CodeCheck => {
  const amongApps = Effect.fnUntraced(function* (
    scope: CallScope,
    userId: string,
    factors: readonly StoredSecondFactor[],
    code: string,
  ) {
    yield* attempts.begin(scope, userId);
    const now = clock.now();
    for (const factor of factors) {
      const steps = matchingSteps(secrets.open(scope.tenant, factor), code, now, factor.lastStep);
      const step = steps[0];
      if (step !== undefined) return useOf(scope.tenant, factor, step);
    }
    return yield* new InvalidCode();
  });

  const useOf =
    (tenant: string, { id, userId }: StoredSecondFactor, step: number): UseCode =>
    (stores, at) =>
      Effect.gen(function* () {
        if (!(yield* stores.secondFactors.accept(tenant, id, step, at))) return yield* new InvalidCode();
        yield* attempts.succeed(stores, tenant, userId);
      });

  const ofRecovery =
    ({ actor, tenant }: CallScope, userId: string, code: string): UseCode =>
    (stores, at) =>
      Effect.gen(function* () {
        const hash = hashRecoveryCode(tenant, userId, code);
        if (!(yield* stores.secondFactors.consumeRecoveryCode(tenant, userId, hash))) return yield* new InvalidCode();
        // Whoever had this code has the account: the wrong codes before it were their own, or do not matter any more.
        yield* attempts.succeed(stores, tenant, userId);
        yield* stores.audit.append(tenant, {
          id: ids.next(),
          at,
          type: "second_factor.recovery_code_used",
          actor: auditActor(actor.kind === "system" ? { kind: "anonymous" } : actor),
          userId,
          sessionId: null,
          changes: [],
        });
      });

  return {
    ofUser: Effect.fnUntraced(function* (scope, userId, typed) {
      const recovery = readRecoveryCode(typed);
      if (recovery !== undefined) return ofRecovery(scope, userId, recovery);
      const code = yield* digitsOf(typed);
      const factors = yield* scope.storage.secondFactors.list(scope.tenant, userId);
      return yield* amongApps(scope, userId, factors.filter(isConfirmed), code);
    }),

    ofFactor: Effect.fnUntraced(function* (scope, factor, typed) {
      return yield* amongApps(scope, factor.userId, [factor], yield* digitsOf(typed));
    }),
  };
};

/** Apps show codes in two groups: spaces are nothing. What is no code at all is not counted as a guess. */
const digitsOf = (typed: string): Effect.Effect<string, InvalidCode> => {
  const code = typed.length > 32 ? "" : typed.replace(/\s/g, "");
  return /^\d{6}$/.test(code) ? Effect.succeed(code) : Effect.fail(new InvalidCode());
};
