import { InvalidConfiguration } from "../errors.ts";
import type { Json } from "../kernel/json.ts";
import type { User } from "../user/user.ts";

/** How access tokens are signed: with a key pair (`EdDSA`, `ES256`, `RS256`) or under one secret (`HS512`). */
export type TokenAlgorithm = "EdDSA" | "ES256" | "RS256" | "HS512";

/** A user as a token may tell of them: never with what only admins may read. */
export type ClaimsUser = Omit<User, "privateMetadata">;

/** Claims of the host's own. */
export type ExtraClaims = { readonly [name: string]: Json };

/** How access tokens are signed, and what else they say. */
export interface TokenOptions {
  /**
   * `EdDSA` unless given. Another algorithm with a key pair takes over like a rotated key does. Between `HS512` and the
   * others there is no overlap: secrets and key pairs never stand side by side, so tokens of before are refused at once.
   */
  readonly algorithm?: TokenAlgorithm;
  /** A new key takes over after so long: 3,600 or more. Without it keys change by `muster.keys.rotate()` alone. */
  readonly rotateEverySeconds?: number;
  /** How long a new key is published before it signs: 1–86,400; 600 unless given. Caches of the key set are told half of it, at most 300. */
  readonly prepareSeconds?: number;
  /**
   * Claims for a user's tokens, asked for whenever one is signed. Names that JWT or Muster use are refused, as is more than
   * 2,048 bytes of JSON. Whoever holds the token reads them.
   */
  readonly claims?: (user: ClaimsUser, tenant: string) => ExtraClaims | Promise<ExtraClaims>;
}

/** {@link TokenOptions}, decided. */
export interface TokenSettings {
  readonly algorithm: TokenAlgorithm;
  readonly rotateEverySeconds: number | undefined;
  readonly prepareSeconds: number;
  readonly claims: TokenOptions["claims"];
}

const optionNames: readonly string[] = Object.keys({
  algorithm: true,
  rotateEverySeconds: true,
  prepareSeconds: true,
  claims: true,
} satisfies Record<keyof TokenOptions, true>);

const algorithms: readonly unknown[] = ["EdDSA", "ES256", "RS256", "HS512"] satisfies readonly TokenAlgorithm[];

/** Checks the options and fills in the defaults. Throws InvalidConfiguration. */
export const tokenSettings = (options: TokenOptions): TokenSettings => {
  const { algorithm = "EdDSA", rotateEverySeconds, prepareSeconds = 600, claims } = options;
  const refuse = (name: string, rule: string): never => {
    throw new InvalidConfiguration({ reason: `The option 'tokens.${name}' ${rule}.` });
  };
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) refuse(unknown, "does not exist");
  if (!algorithms.includes(algorithm)) refuse("algorithm", `must be one of ${algorithms.join(", ")}`);
  if (!isWhole(prepareSeconds, 1, 86_400)) refuse("prepareSeconds", "must be a whole number from 1 to 86400");
  if (rotateEverySeconds !== undefined) {
    if (!isWhole(rotateEverySeconds, 3_600, 315_360_000)) {
      refuse("rotateEverySeconds", "must be a whole number from 3600 to 315360000");
    }
    if (rotateEverySeconds <= prepareSeconds) refuse("rotateEverySeconds", "must be more than 'prepareSeconds'");
  }
  if (claims !== undefined && typeof claims !== "function") refuse("claims", "must be a function");
  return { algorithm, rotateEverySeconds, prepareSeconds, claims };
};

const isWhole = (value: unknown, minimum: number, maximum: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum;
