import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import type { AuditEventType } from "../audit/audit-event.ts";
import { actorId, auditActor, type CallScope } from "../authorization/actor.ts";
import {
  allows,
  type Operation,
  requireIdentified,
  requireOn,
  require as requireStanding,
} from "../authorization/policy.ts";
import { SecondFactorNotFound, Unauthenticated } from "../errors.ts";
import { decoder, invalid, text } from "../kernel/input.ts";
import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";
import type { StoredSecondFactor } from "../ports/second-factor-store.ts";
import type { Stores } from "../ports/storage.ts";
import { existing } from "../user/change-user.ts";
import { clearAction } from "../user/clear-action.ts";
import { decodeUserId } from "../user/user-input.ts";
import type { CodeCheck, FactorSecrets } from "./code-check.ts";
import { requireRecentProof } from "./recent-proof.ts";
import { hashRecoveryCode, makeRecoveryCodes } from "./recovery-codes.ts";
import {
  type ConfirmedFactor,
  factorOf,
  isConfirmed,
  type SecondFactor,
  type SecondFactors,
  type TotpEnrolment,
} from "./second-factor.ts";
import type * as Errors from "./second-factor-errors.ts";
import { base32, otpauthUri, totpSecretBytes } from "./totp.ts";

export interface SecondFactorsPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly randomSource: RandomSource;
  readonly secrets: FactorSecrets;
  readonly codes: CodeCheck;
  /** How authenticator apps call this installation. */
  readonly product: string;
}

/** What users log in by besides the password. */
export interface SecondFactorCare {
  readonly list: (scope: CallScope, userId?: string) => Effect.Effect<SecondFactors, Errors.ListSecondFactorsError>;
  readonly startTotp: (
    scope: CallScope,
    input?: { readonly name?: string },
  ) => Effect.Effect<TotpEnrolment, Errors.StartTotpError>;
  readonly confirmTotp: (
    scope: CallScope,
    input: { readonly id: string; readonly code: string },
  ) => Effect.Effect<ConfirmedFactor, Errors.ConfirmTotpError>;
  readonly rename: (
    scope: CallScope,
    id: string,
    name: string,
  ) => Effect.Effect<SecondFactor, Errors.RenameSecondFactorError>;
  readonly remove: (scope: CallScope, id: string) => Effect.Effect<void, Errors.RemoveSecondFactorError>;
  readonly replaceRecoveryCodes: (
    scope: CallScope,
  ) => Effect.Effect<readonly string[], Errors.ReplaceRecoveryCodesError>;
}

/** More apps than anybody has; each one is another code that is right. */
const factorLimit = 5;

const factorName = text(1, 64);
const decodeStart = decoder(Schema.Struct({ name: Schema.optionalKey(factorName) }));
const decodeConfirm = decoder(Schema.Struct({ id: Schema.String, code: Schema.String }));
const decodeName = decoder(factorName);
const decodeId = decoder(Schema.String as Schema.Codec<string, unknown>);

export const makeSecondFactors = (ports: SecondFactorsPorts): SecondFactorCare => {
  const { clock, ids, randomSource, secrets } = ports;

  const record = (scope: CallScope, stores: Stores, type: AuditEventType, userId: string, at: Date) =>
    stores.audit.append(scope.tenant, {
      id: ids.next(),
      at,
      type,
      actor: auditActor(scope.actor),
      userId,
      sessionId: null,
      changes: [],
    });

  /** The caller, who must be a user. */
  const caller = (scope: CallScope, operation: Operation) => {
    const id = actorId(scope.actor);
    const self = id === null ? undefined : { id, ownerId: null };
    return Effect.flatMap(requireStanding(scope.actor, operation, self), () =>
      id === null ? Effect.fail(new Unauthenticated()) : Effect.succeed(id),
    );
  };

  /** A factor that the caller may do this to; what they may not touch does not exist for them. */
  const factorFor = Effect.fnUntraced(function* (scope: CallScope, stores: Stores, operation: Operation, id: string) {
    const found = Option.getOrUndefined(yield* stores.secondFactors.find(scope.tenant, id));
    const isAllowed = found !== undefined && allows(scope.actor, operation, { id: found.userId, ownerId: null });
    return isAllowed ? found : yield* new SecondFactorNotFound();
  });

  const newCodes = Effect.fnUntraced(function* (tenant: string, stores: Stores, userId: string) {
    const codes = makeRecoveryCodes(randomSource);
    const hashes = codes.map((code) => hashRecoveryCode(tenant, userId, code));
    yield* stores.secondFactors.replaceRecoveryCodes(tenant, userId, hashes);
    return codes;
  });

  return {
    list: Effect.fnUntraced(function* (scope, userId) {
      yield* requireIdentified(scope.actor);
      const id = userId ?? actorId(scope.actor);
      if (id === null) return yield* new Unauthenticated();
      const user = yield* existing(scope.storage, scope.tenant, yield* decodeUserId(id, "userId"));
      yield* requireOn(scope.actor, "second_factors.list", user);
      const factors = yield* scope.storage.secondFactors.list(scope.tenant, user.id);
      const recoveryCodesLeft = yield* scope.storage.secondFactors.countRecoveryCodes(scope.tenant, user.id);
      return { factors: factors.filter(isConfirmed).map(factorOf), recoveryCodesLeft };
    }),

    startTotp: Effect.fn("SecondFactors.startTotp")(function* (scope, input = {}) {
      const userId = yield* caller(scope, "second_factors.enrol");
      const { name = "Authenticator app" } = yield* decodeStart(input);
      const at = new Date(clock.now());
      const id = ids.next();
      const secret = randomSource.bytes(totpSecretBytes);
      const factor: StoredSecondFactor = {
        id,
        userId,
        kind: "totp",
        name,
        createdAt: at,
        confirmedAt: null,
        lastUsedAt: null,
        lastStep: 0,
        secretBox: secrets.seal(scope.tenant, { id, userId }, secret),
      };
      const user = yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const owner = yield* existing(stores, scope.tenant, userId);
          yield* requireRecentProof(clock, scope, stores);
          const own = yield* stores.secondFactors.list(scope.tenant, userId);
          if (own.filter(isConfirmed).length >= factorLimit) {
            return yield* invalid("", "too_many_second_factors", `can be no more than ${factorLimit} second factors`);
          }
          // Whoever starts again has lost what the first start showed.
          for (const pending of own) {
            if (!isConfirmed(pending)) yield* stores.secondFactors.remove(scope.tenant, pending.id);
          }
          yield* stores.secondFactors.insert(scope.tenant, factor);
          return owner;
        }),
      );
      const account = user.username ?? user.email ?? user.id;
      return { id, secret: base32(secret), uri: otpauthUri(secret, ports.product, account) };
    }),

    confirmTotp: Effect.fn("SecondFactors.confirmTotp")(function* (scope, input) {
      const userId = yield* caller(scope, "second_factors.enrol");
      const { id, code } = yield* decodeConfirm(input);
      const pending = yield* factorFor(scope, scope.storage, "second_factors.enrol", id);
      if (isConfirmed(pending)) return yield* new SecondFactorNotFound();
      const use = yield* ports.codes.ofFactor(scope, pending, code);
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* use(stores, at);
          yield* record(scope, stores, "second_factor.added", userId, at);
          yield* clearAction(stores, scope.tenant, userId, "CONFIGURE_TOTP", at);
          const hasCodes = (yield* stores.secondFactors.countRecoveryCodes(scope.tenant, userId)) > 0;
          const recoveryCodes = hasCodes ? null : yield* newCodes(scope.tenant, stores, userId);
          return { factor: factorOf({ ...pending, lastUsedAt: at }), recoveryCodes };
        }),
      );
    }),

    rename: Effect.fn("SecondFactors.rename")(function* (scope, id, input) {
      yield* requireIdentified(scope.actor);
      yield* decodeId(id, "id");
      const name = yield* decodeName(input, "name");
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const factor = yield* factorFor(scope, stores, "second_factors.rename", id);
          yield* stores.secondFactors.rename(scope.tenant, id, name);
          yield* record(scope, stores, "second_factor.renamed", factor.userId, at);
          return factorOf({ ...factor, name });
        }),
      );
    }),

    remove: Effect.fn("SecondFactors.remove")(function* (scope, id) {
      yield* requireIdentified(scope.actor);
      yield* decodeId(id, "id");
      const at = new Date(clock.now());
      yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          const { userId } = yield* factorFor(scope, stores, "second_factors.remove", id);
          yield* requireRecentProof(clock, scope, stores);
          yield* stores.secondFactors.remove(scope.tenant, id);
          const left = yield* stores.secondFactors.list(scope.tenant, userId);
          // Codes that stand in for a factor are nothing without one.
          if (!left.some(isConfirmed)) yield* stores.secondFactors.replaceRecoveryCodes(scope.tenant, userId, []);
          yield* record(scope, stores, "second_factor.removed", userId, at);
        }),
      );
    }),

    replaceRecoveryCodes: Effect.fn("SecondFactors.replaceRecoveryCodes")(function* (scope) {
      const userId = yield* caller(scope, "second_factors.replace_recovery_codes");
      const at = new Date(clock.now());
      return yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* requireRecentProof(clock, scope, stores);
          const own = yield* stores.secondFactors.list(scope.tenant, userId);
          if (!own.some(isConfirmed)) return yield* new SecondFactorNotFound();
          yield* record(scope, stores, "second_factor.recovery_codes_replaced", userId, at);
          return yield* newCodes(scope.tenant, stores, userId);
        }),
      );
    }),
  };
};
