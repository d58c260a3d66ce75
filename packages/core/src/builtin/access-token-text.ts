import { decodeBase64Url } from "../kernel/base64url.ts";
import { tokenType } from "../keyring/signing-key.ts";

/** A token cut at its dots. */
export interface AccessTokenText {
  readonly header: string;
  readonly payload: Buffer;
  readonly signature: Buffer;
  /** What the signature is over. */
  readonly signed: Buffer;
}

/** Ours have about 600; the limit keeps what a stranger can make us decode small. */
const textLimit = 8_192;

/**
 * The parts of a text that is a compact JWS (RFC 7515 §7.1) in its only spelling, undefined for any other text.
 *
 * A token that could be spelled in two ways would slip past whatever knows it by its text: a cache, a list of revoked ones.
 */
export const readTokenText = (text: string): AccessTokenText | undefined => {
  if (typeof text !== "string" || text.length > textLimit) return undefined;
  const first = text.indexOf(".");
  const second = text.indexOf(".", first + 1);
  if (first < 1 || second < 0) return undefined;
  const payload = decodeBase64Url(text.slice(first + 1, second));
  const signature = decodeBase64Url(text.slice(second + 1));
  if (payload === undefined || signature === undefined) return undefined;
  return { header: text.slice(0, first), payload, signature, signed: Buffer.from(text.slice(0, second), "latin1") };
};

/** Base64url of 32 bytes: what an RFC 7638 thumbprint looks like, and the ids of secret keys. */
const thumbprint = /^[A-Za-z0-9_-]{43}$/;

/** The key that a header names, and the algorithm that this key must have. */
export interface NamedKey {
  readonly kid: string;
  readonly alg: string;
}

/**
 * The key named by a header spelled otherwise than ours, undefined when it holds anything but an `alg`, `typ: at+jwt` and
 * a `kid` that can be one of ours. A member we do not know, `crit`, `jku` or `jwk` as any other, is never passed over.
 */
export const readKeyId = (header: string): NamedKey | undefined => {
  const json = decodeBase64Url(header)?.toString("utf8");
  const members = json === undefined ? undefined : parseExactObject(json);
  if (members === undefined || Object.keys(members).length !== 3) return undefined;
  const { alg, kid, typ } = members;
  if (typeof alg !== "string" || typ !== tokenType || typeof kid !== "string") return undefined;
  return thumbprint.test(kid) ? { kid, alg } : undefined;
};

/**
 * A JSON object written without white space, repeated members or needless escapes, undefined otherwise. Parsers disagree
 * on repeated members; a text that survives being written again has none.
 */
export const parseExactObject = (json: string): { readonly [member: string]: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(json);
    const isExact = typeof value === "object" && value !== null && JSON.stringify(value) === json;
    return isExact && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
};
