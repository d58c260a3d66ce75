/** Standard base64 without padding, as PHC strings have it. */
export const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");

/** The bytes of standard base64, padded or not; undefined for anything that says something else as well. */
export const fromBase64 = (text: string): Uint8Array | undefined => {
  const bare = text.replace(/={1,2}$/, "");
  const bytes = Buffer.from(bare, "base64");
  return toBase64(bytes) === bare ? Uint8Array.from(bytes) : undefined;
};
