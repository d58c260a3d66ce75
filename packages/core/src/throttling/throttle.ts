import { createHmac, type KeyObject } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type ChangeRefused, type StoreUnavailable, TooManyAttempts } from "../errors.ts";
import type { ScopedStorage } from "../hooks/commits.ts";
import { canonicalEmail, canonicalUsername } from "../kernel/text.ts";
import type { AttemptKey, AttemptRule, AttemptState } from "../ports/attempt-store.ts";
import type { Clock } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";
import { type ClientNetwork, clientNetworkOf } from "./client-network.ts";
import type { ThrottlingSettings } from "./throttling-options.ts";

/** What is tried, and from where. */
export interface Attempted {
  /** Canonical form of the login: counted alike whether there is somebody or not. */
  readonly login: string;
  /** The client's IP address; without one all such clients are one. */
  readonly address?: string | undefined;
}

/** Where and for whom. */
interface Place {
  readonly tenant: string;
  readonly storage: ScopedStorage;
}

/** One attempt, to be told how it ended. Told of neither, it counts for nothing. */
export interface Attempt {
  /**
   * Counts a failure, in a transaction of its own, and tells of the user, if there is one, when a wait begins with it.
   * TooManyAttempts when others failed at the same time and there is a wait by now: the outcome of this one must not be told.
   */
  readonly failed: (userId?: string) => Effect.Effect<void, TooManyAttempts | ChangeRefused | StoreUnavailable>;
  /**
   * To be run in the transaction that lets the caller in, which TooManyAttempts undoes: a right guess is worth nothing if
   * wrong ones at the same time have used up what is allowed.
   */
  readonly succeeded: (stores: Stores) => Effect.Effect<void, TooManyAttempts | StoreUnavailable>;
}

/**
 * Limits guessing, in every process that shares the store. Nobody sleeps: whoever has to wait is told for how long.
 *
 * Failures are counted for a login from an address, for a login from anywhere and for an address. The latter two keep out
 * only those who never got in from there: nobody can lock a user out of a place where the user has been before.
 */
export interface Throttle {
  /** Fails with TooManyAttempts during a wait, after one look-up and whoever is named. */
  readonly begin: (place: Place, attempted: Attempted) => Effect.Effect<Attempt, TooManyAttempts | StoreUnavailable>;
  /**
   * Counts a request that anybody may make, by address alone: whoever is named must not be kept from it by others. To be run
   * in the transaction of the request; TooManyAttempts undoes it.
   */
  readonly request: (
    stores: Stores,
    tenant: string,
    what: "password_reset",
    address?: string,
  ) => Effect.Effect<void, TooManyAttempts | StoreUnavailable>;
  /** Forgets failed logins by a user's names; to be run in the transaction of a new password. */
  readonly clear: (
    stores: Stores,
    tenant: string,
    user: Pick<User, "username" | "email">,
  ) => Effect.Effect<void, StoreUnavailable>;
}

export interface ThrottlePorts {
  readonly clock: Clock;
  readonly key: KeyObject;
  readonly settings: ThrottlingSettings;
  /** Hears of users for whom waits begin. Whoever failed does not wait for it. */
  readonly locked: (tenant: string, userId: string) => Effect.Effect<void>;
}

const any = new Uint8Array();

export const makeThrottle = ({ clock, key, settings, locked }: ThrottlePorts): Throttle => {
  const hashOf = (...parts: readonly string[]): Uint8Array =>
    Uint8Array.from(createHmac("sha256", key).update(JSON.stringify(parts)).digest());

  const loginKey = (tenant: string, login: string) => hashOf(tenant, "login", login);

  const begin: Throttle["begin"] = Effect.fnUntraced(function* ({ tenant, storage }, attempted) {
    const network = attempted.address === undefined ? undefined : clientNetworkOf(attempted.address);
    const pair: AttemptKey = {
      login: loginKey(tenant, attempted.login),
      address: hashOf(tenant, "address", network?.name ?? ""),
    };
    const now = clock.now();
    const known = yield* storage.attempts.find(tenant, pair);
    const isFamiliar = known.some((state) => isPair(state) && (state.familiarUntil?.getTime() ?? 0) > now);
    yield* refuseDuring(known, isFamiliar, now);

    const anywhere: AttemptKey = { ...pair, address: any };
    const counted: readonly (readonly [AttemptKey, AttemptRule])[] = [
      [pair, settings.pair],
      ...(isFamiliar ? [] : ([[anywhere, settings.login]] as const)),
      ...(isFamiliar || !canCount(network) ? [] : ([[{ ...pair, login: any }, settings.address]] as const)),
    ];

    const refused = (stores: Pick<Stores, "attempts">) =>
      Effect.flatMap(stores.attempts.find(tenant, pair), (states) =>
        Effect.andThen(
          refuseDuring(states, isFamiliar, clock.now()),
          Effect.fail(new TooManyAttempts({ retryAfterSeconds: 1 })),
        ),
      );

    const countFailure = storage.transact((stores) =>
      Effect.gen(function* () {
        const at = new Date(clock.now());
        let begins = false;
        for (const [counter, rule] of counted) {
          const state = Option.getOrUndefined(yield* stores.attempts.recordFailure(tenant, counter, rule, at));
          if (state === undefined) return yield* refused(stores);
          begins ||= counter.login !== any && isFirstOf(state, rule);
        }
        return begins;
      }),
    );

    const failed: Attempt["failed"] = Effect.fnUntraced(function* (userId) {
      const begins = yield* countFailure;
      if (begins && userId !== undefined) yield* locked(tenant, userId);
    });

    const succeeded: Attempt["succeeded"] = Effect.fnUntraced(function* (stores) {
      const at = clock.now();
      const until = new Date(at + settings.familiarMilliseconds);
      if (!(yield* stores.attempts.recordSuccess(tenant, pair, until, new Date(at)))) return yield* refused(stores);
      // What is familiar is not kept out by what others do elsewhere: there is nothing more to look at.
      if (isFamiliar) return;
      const states = yield* stores.attempts.find(tenant, pair);
      yield* refuseDuring(states, false, at);
      if (states.some(hasFailedAnywhere)) {
        yield* stores.attempts.recordSuccess(tenant, anywhere, new Date(at), new Date(at));
      }
    });

    return { failed, succeeded };
  });

  return {
    begin,
    request: Effect.fnUntraced(function* (stores, tenant, what, address) {
      const network = address === undefined ? undefined : clientNetworkOf(address);
      if (network === undefined || !canCount(network)) return;
      const counter: AttemptKey = { login: any, address: hashOf(tenant, what, network.name) };
      const at = clock.now();
      const counted = yield* stores.attempts.recordFailure(tenant, counter, settings.address, new Date(at));
      if (Option.isSome(counted)) return;
      yield* refuseDuring(yield* stores.attempts.find(tenant, counter), false, at);
      return yield* new TooManyAttempts({ retryAfterSeconds: 1 });
    }),
    clear: Effect.fnUntraced(function* (stores, tenant, { username, email }) {
      const names = new Set([
        username === null ? null : canonicalUsername(username),
        email === null ? null : canonicalEmail(email),
      ]);
      for (const name of names) {
        if (name != null) yield* stores.attempts.clear(tenant, loginKey(tenant, name));
      }
    }),
  };
};

/** Lets everybody try as often as they like. */
export const noThrottle: Throttle = {
  begin: () => Effect.succeed({ failed: () => Effect.void, succeeded: () => Effect.void }),
  request: () => Effect.void,
  clear: () => Effect.void,
};

/** A proxy that everybody comes through would keep out everybody. */
const canCount = (network: ClientNetwork | undefined): boolean => network !== undefined && !network.isInternal;

const isPair = ({ key: { login, address } }: AttemptState): boolean => login.length > 0 && address.length > 0;

const hasFailedAnywhere = ({ key: { address }, failures }: AttemptState): boolean =>
  address.length === 0 && failures > 0;

const isFirstOf = ({ failures }: AttemptState, { from, ceiling }: AttemptRule): boolean =>
  failures === from || failures === ceiling;

const refuseDuring = (
  states: readonly AttemptState[],
  isFamiliar: boolean,
  now: number,
): Effect.Effect<void, TooManyAttempts> => {
  const waits = states
    .filter((state) => state.waitMilliseconds > 0 && (isPair(state) || !isFamiliar))
    .map(({ failedAt, waitMilliseconds }) => Math.min(failedAt.getTime() + waitMilliseconds - now, waitMilliseconds));
  const longest = Math.max(0, ...waits);
  return longest === 0
    ? Effect.void
    : Effect.fail(new TooManyAttempts({ retryAfterSeconds: Math.ceil(longest / 1_000) }));
};
