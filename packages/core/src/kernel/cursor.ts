import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { decodeBase64Url } from "./base64url.ts";

/** What a cursor is good for: it opens in exactly the list it was made in. */
export interface CursorContext {
  readonly tenant: string;
  /** Kind of list, e.g. `users`. */
  readonly list: string;
  /** The filter in one fixed spelling, e.g. its JSON. */
  readonly filter: string;
  /** The sort in one fixed spelling, e.g. `createdAt desc`. */
  readonly sort: string;
}

/** A place in a sorted list and the way to walk from there. */
export interface CursorPosition {
  /** Sort key of the row at which the page ended. */
  readonly key: string | number;
  /** Id of that row. */
  readonly id: string;
  readonly direction: "forward" | "backward";
}

/** Half of SHA-256, the least that RFC 2104 §5 allows, far beyond what anybody can try online. */
const tagBytes = 16;
/** The longest sort key, 254 characters whose compatibility form is 18 times as long, needs less than half of it. */
const textLimit = 32_768;

/** The context is a JSON array, which ends where it ends: no other context and payload make the same bytes. */
const tagOf = (key: KeyObject, { tenant, list, filter, sort }: CursorContext, payload: Uint8Array): Buffer =>
  createHmac("sha256", key)
    .update(JSON.stringify(["muster cursor 1", tenant, list, filter, sort]))
    .update(payload)
    .digest()
    .subarray(0, tagBytes);

/**
 * The opaque text of a position: base64url of the position and a MAC over it and its context.
 *
 * Whoever holds a cursor can read the key and id in it, which are those of a row they were shown, but can neither
 * change them nor use them elsewhere. The same position in the same context has the same text. A numeric key that is not
 * finite is a RangeError.
 */
export const encodeCursor = (key: KeyObject, context: CursorContext, position: CursorPosition): string => {
  if (typeof position.key === "number" && !Number.isFinite(position.key)) {
    throw new RangeError("A sort key is finite.");
  }
  const payload = Buffer.from(JSON.stringify([position.key, position.id, position.direction]));
  return Buffer.concat([payload, tagOf(key, context, payload)]).toString("base64url");
};

/** The position in a text that `encodeCursor` made with this key and an equal context; undefined for any other text. */
export const decodeCursor = (key: KeyObject, context: CursorContext, text: string): CursorPosition | undefined => {
  const bytes = text.length > textLimit ? undefined : decodeBase64Url(text);
  if (bytes === undefined || bytes.length <= tagBytes) return undefined;
  const payload = bytes.subarray(0, -tagBytes);
  return timingSafeEqual(bytes.subarray(-tagBytes), tagOf(key, context, payload)) ? positionOf(payload) : undefined;
};

const positionOf = (payload: Buffer): CursorPosition => {
  const [key, id, direction]: [string | number, string, CursorPosition["direction"]] = JSON.parse(payload.toString());
  return { key, id, direction };
};
