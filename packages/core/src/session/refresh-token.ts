import { createHash, createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { decodeBase64Url } from "../kernel/base64url.ts";
import { boxKey, openBox, sealBox } from "../kernel/sealed-box.ts";
import type { RandomSource } from "../ports/environment.ts";

/** Makes and reads refresh tokens. Nothing here touches a store. */
export interface RefreshTokens {
  /** A new token of a session whose id is a UUID in lower case; any other id is a TypeError. */
  readonly issue: (sessionId: string, tenant: string) => string;

  /**
   * The session of a token that this installation once issued for this tenant, current or long spent; undefined for any
   * other text. A token that passes but is not the session's current one is therefore a reuse, however old it is.
   */
  readonly read: (text: string, tenant: string) => string | undefined;

  /** SHA-256 of the text, 32 bytes: what a store keeps. A token is random enough to need neither salt nor stretching. */
  readonly hash: (text: string) => Uint8Array;

  /** Encrypts a successor so that only who holds the presented token can read it. */
  readonly seal: (successor: string, presented: string) => Uint8Array;

  /** What `seal` was given, or undefined when the box was sealed under another token or altered. */
  readonly open: (box: Uint8Array, presented: string) => string | undefined;
}

/** Marks the text for people and for scanners of leaked secrets. */
const prefix = "mrt_";
const idBytes = 16;
/** 256 bits; ASVS 5.0 §7.2.3 asks for 128. */
const secretBytes = 32;
/** Half of SHA-256, the least that RFC 2104 §5 allows. Guards only the store's time: the secret is what lets one in. */
const tagBytes = 16;
const tokenBytes = idBytes + secretBytes + tagBytes;
const textLength = prefix.length + Math.ceil((tokenBytes * 4) / 3);

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

const uuidOf = (bytes: Buffer): string => {
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

const tagOf = (key: KeyObject, tenant: string, body: Uint8Array): Buffer =>
  createHmac("sha256", key)
    .update(JSON.stringify(["muster refresh token 1", tenant]))
    .update(body)
    .digest()
    .subarray(0, tagBytes);

/** The token holds 256 random bits already. */
const sealingKey = (presented: string): Uint8Array => boxKey(presented, "muster refresh token successor 1");

/**
 * Refresh tokens: `mrt_` and base64url of session id (16 bytes), secret (32) and a MAC (16) over the tenant and both.
 *
 * The MAC refuses made-up, altered and re-spelled texts before any store is asked, and it makes every token that was
 * ever issued recognisable without a history of them.
 */
export const refreshTokens = (key: KeyObject, randomSource: RandomSource): RefreshTokens => ({
  issue: (sessionId, tenant) => {
    if (!uuid.test(sessionId)) throw new TypeError("A session id is a UUID in lower case.");
    const id = Buffer.from(sessionId.replaceAll("-", ""), "hex");
    const body = Buffer.concat([id, randomSource.bytes(secretBytes)]);
    return prefix + Buffer.concat([body, tagOf(key, tenant, body)]).toString("base64url");
  },

  read: (text, tenant) => {
    if (text.length !== textLength || !text.startsWith(prefix)) return undefined;
    const bytes = decodeBase64Url(text.slice(prefix.length));
    if (bytes === undefined) return undefined;
    const body = bytes.subarray(0, -tagBytes);
    return timingSafeEqual(bytes.subarray(-tagBytes), tagOf(key, tenant, body))
      ? uuidOf(body.subarray(0, idBytes))
      : undefined;
  },

  hash: (text) => createHash("sha256").update(text).digest(),

  seal: (successor, presented) => sealBox(sealingKey(presented), randomSource.bytes, "", successor),

  open: (box, presented) => openBox(sealingKey(presented), "", box),
});
