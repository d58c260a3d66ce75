import { createHash } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { CallScope } from "../authorization/actor.ts";
import { InvalidChallenge, SecondFactorRequired, type StoreUnavailable } from "../errors.ts";
import type { Clock } from "../ports/environment.ts";
import type { StoredOneTimeToken } from "../ports/one-time-token-store.ts";
import type { Stores } from "../ports/storage.ts";
import { isSameState } from "../recovery/account-state.ts";
import type { OneTimeTokens } from "../recovery/one-time-token.ts";
import { isConfirmed } from "./second-factor.ts";

/** What stands between a right password and a session, for users who have a second factor. */
export interface LoginChallenges {
  /** In the transaction that would open the session: what to answer instead, undefined for a user without a factor. */
  readonly ask: (
    stores: Stores,
    tenant: string,
    login: { readonly userId: string; readonly passwordHash: string },
  ) => Effect.Effect<SecondFactorRequired | undefined, StoreUnavailable>;
  /** Whose challenge this is, if it may be good. Only using it up tells whether it is. */
  readonly find: (
    scope: CallScope,
    challenge: string,
  ) => Effect.Effect<StoredOneTimeToken, InvalidChallenge | StoreUnavailable>;
  /** Uses it up; of many callers one gets through. Answers the hash of the password that was given for it. */
  readonly use: (
    stores: Stores,
    tenant: string,
    challenge: StoredOneTimeToken,
    at: Date,
  ) => Effect.Effect<string, InvalidChallenge | StoreUnavailable>;
}

/** Time to find the device. A challenge alone opens nothing. */
const challengeSeconds = 300;

export interface LoginChallengesPorts {
  readonly clock: Clock;
  readonly tokens: OneTimeTokens;
}

export const makeLoginChallenges = ({ clock, tokens }: LoginChallengesPorts): LoginChallenges => ({
  ask: Effect.fnUntraced(function* (stores, tenant, { userId, passwordHash }) {
    const factors = yield* stores.secondFactors.list(tenant, userId);
    if (!factors.some(isConfirmed)) return undefined;
    const hasCodes = (yield* stores.secondFactors.countRecoveryCodes(tenant, userId)) > 0;
    const challenge = tokens.issue("login_challenge");
    const createdAt = new Date(clock.now());
    const expiresAt = new Date(createdAt.getTime() + challengeSeconds * 1_000);
    yield* stores.oneTimeTokens.insert(tenant, {
      hash: tokens.hash(challenge),
      purpose: "login_challenge",
      userId,
      address: "",
      boundTo: stateOf(tenant, userId, passwordHash),
      createdAt,
      expiresAt,
    });
    return new SecondFactorRequired({
      challenge,
      factors: hasCodes ? ["totp", "recovery_code"] : ["totp"],
      expiresAt,
    });
  }),

  find: Effect.fnUntraced(function* (scope, challenge) {
    if (tokens.purposeOf(challenge) !== "login_challenge") return yield* new InvalidChallenge();
    const found = yield* scope.storage.oneTimeTokens.find(scope.tenant, tokens.hash(challenge));
    if (Option.isNone(found) || found.value.expiresAt.getTime() <= clock.now()) return yield* new InvalidChallenge();
    return found.value;
  }),

  use: Effect.fnUntraced(function* (stores, tenant, { hash, userId }, at) {
    const taken = yield* stores.oneTimeTokens.consume(tenant, hash, "login_challenge", at);
    const passwordHash = Option.getOrUndefined(yield* stores.credentials.find(tenant, userId));
    if (Option.isNone(taken) || passwordHash === undefined) return yield* new InvalidChallenge();
    const isSame = isSameState(taken.value.boundTo, stateOf(tenant, userId, passwordHash));
    return isSame ? passwordHash : yield* new InvalidChallenge();
  }),
});

/** A new password ends what the old one began. */
const stateOf = (tenant: string, userId: string, passwordHash: string): Uint8Array =>
  createHash("sha256")
    .update(JSON.stringify([tenant, userId, "login_challenge", passwordHash]))
    .digest();
