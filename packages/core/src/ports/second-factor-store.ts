import type * as Effect from "effect/Effect";
import type * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";

/** What a second factor is: an app that shows codes which change with time (RFC 6238). */
export type SecondFactorKind = "totp";

/** A second factor of a user. Its secret is sealed before it gets here. */
export interface StoredSecondFactor {
  readonly id: string;
  readonly userId: string;
  readonly kind: SecondFactorKind;
  /** What its owner calls it. */
  readonly name: string;
  readonly createdAt: Date;
  /** When its first code was accepted; null until then, and it opens nothing. */
  readonly confirmedAt: Date | null;
  /** When a code of it was last accepted. */
  readonly lastUsedAt: Date | null;
  /** The time step whose code was accepted last; 0 before the first. */
  readonly lastStep: number;
  readonly secretBox: Uint8Array;
}

/** Second factors and recovery codes. Those of a user go with the user. */
export interface SecondFactorStore {
  /** Adds a factor of an existing user. */
  readonly insert: (tenant: string, factor: StoredSecondFactor) => Effect.Effect<void, StoreUnavailable>;

  /** The factor with this id, confirmed or not. */
  readonly find: (tenant: string, id: string) => Effect.Effect<Option.Option<StoredSecondFactor>, StoreUnavailable>;

  /** The factors of a user, confirmed or not, in the order of their creation. */
  readonly list: (tenant: string, userId: string) => Effect.Effect<readonly StoredSecondFactor[], StoreUnavailable>;

  /**
   * Accepts the code of a time step, in one atomic statement, if no code of that step or a later one was accepted before:
   * of many callers with one code exactly one gets true. The first accepted code confirms the factor.
   */
  readonly accept: (tenant: string, id: string, step: number, at: Date) => Effect.Effect<boolean, StoreUnavailable>;

  /** Answers whether there was one. */
  readonly rename: (tenant: string, id: string, name: string) => Effect.Effect<boolean, StoreUnavailable>;

  /** Answers whether there was one: of many callers exactly one gets true. */
  readonly remove: (tenant: string, id: string) => Effect.Effect<boolean, StoreUnavailable>;

  /** Puts these recovery codes, as hashes of 32 bytes, in the place of those a user had. */
  readonly replaceRecoveryCodes: (
    tenant: string,
    userId: string,
    hashes: readonly Uint8Array[],
  ) => Effect.Effect<void, StoreUnavailable>;

  /** Uses a recovery code up, in one atomic statement: of many callers exactly one gets true, and nobody ever after. */
  readonly consumeRecoveryCode: (
    tenant: string,
    userId: string,
    hash: Uint8Array,
  ) => Effect.Effect<boolean, StoreUnavailable>;

  /** How many recovery codes a user has left. */
  readonly countRecoveryCodes: (tenant: string, userId: string) => Effect.Effect<number, StoreUnavailable>;
}
