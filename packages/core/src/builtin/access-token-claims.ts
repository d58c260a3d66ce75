import { reservedClaims } from "../keyring/extra-claims.ts";
import type { AccessTokenClaims } from "../ports/token-signer.ts";
import { parseExactObject } from "./access-token-text.ts";

/** What a token must say besides its own claims. */
export interface ClaimRules {
  readonly issuer: string;
  readonly audience: string;
  readonly maximumLifetimeSeconds: number;
}

/** How far ahead the clock of another process of this installation may be. */
const leewaySeconds = 5;
/** Longer than any tenant name, user id or session id. */
const textLimit = 255;
/** More than a user can log in by. */
const methodLimit = 8;

/** The claims in the one order in which they are signed, so that equal claims make an equal token. */
export const payloadOf = ({ issuer, audience }: ClaimRules, claims: AccessTokenClaims): Record<string, unknown> => ({
  iss: issuer,
  aud: audience,
  tenant: claims.tenant,
  sub: claims.sub,
  sid: claims.sid,
  jti: claims.jti,
  iat: claims.iat,
  exp: claims.exp,
  auth_time: claims.authTime,
  amr: claims.amr,
  ...claims.extra,
});

const ownClaims: ReadonlySet<string> = new Set([
  "iss",
  "aud",
  "tenant",
  "sub",
  "sid",
  "jti",
  "iat",
  "exp",
  "auth_time",
  "amr",
  "required_actions",
]);

/** A claim of the host's own is none that has a meaning to others. */
const isSignedByUs = (name: string): boolean => ownClaims.has(name) || !reservedClaims.has(name);

/**
 * The claims in a payload whose signature was found right, undefined when a claim is missing, of another kind or for
 * somebody else (RFC 9068 §4), when there is one that we never sign, or when `nowSeconds` is not within its life.
 */
export const readClaims = (rules: ClaimRules, payload: Buffer, nowSeconds: number): AccessTokenClaims | undefined => {
  const members = parseExactObject(payload.toString("utf8"));
  if (members === undefined || !Object.keys(members).every(isSignedByUs)) return undefined;
  const { iss, aud, tenant, sub, sid, jti, iat, exp, auth_time: authTime, amr } = members;
  if (iss !== rules.issuer || aud !== rules.audience) return undefined;
  if (!isName(tenant) || !isName(sub) || !isName(sid) || !isName(jti)) return undefined;
  if (!isInstant(iat) || !isInstant(exp)) return undefined;
  if (!(exp > nowSeconds) || iat > nowSeconds + leewaySeconds) return undefined;
  if (exp <= iat || exp - iat > rules.maximumLifetimeSeconds) return undefined;
  // A clock that was set back may have given out tokens of a login that is still to come.
  if (!isInstant(authTime)) return undefined;
  if (!Array.isArray(amr) || amr.length > methodLimit || !amr.every(isName)) return undefined;
  return { tenant, sub, sid, jti, iat, exp, authTime, amr };
};

const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= textLimit;

const isInstant = (value: unknown): value is number => Number.isSafeInteger(value);
