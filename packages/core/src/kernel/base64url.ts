/**
 * The bytes of a base64url text (RFC 4648 §5) without padding, or undefined when the text is not the one spelling of
 * them: another alphabet, padding, white space, an impossible length, or spare bits that are not zero (§3.5).
 *
 * Decoders commonly accept all of those, so that one token has many texts; a text read through this has exactly one.
 */
export const decodeBase64Url = (text: string): Buffer<ArrayBuffer> | undefined => {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
};
