/** How the text of a value becomes a value in JavaScript, for the types that our columns have. Others stay text. */
const parsers: ReadonlyMap<number, (text: string) => unknown> = new Map<number, (text: string) => unknown>([
  [16, (text) => text === "t"],
  [17, (text) => bytesOf(text)],
  [20, Number],
  [21, Number],
  [23, Number],
]);

const asText = (text: string): string => text;

/**
 * The parsers of our own statements: those that pg keeps for the whole process are the host's and stay as they are.
 * 64-bit integers are numbers here, all of ours lie below 2^53; JSON stays text.
 */
export const rowTypes = {
  getTypeParser: (oid: number): ((text: string) => unknown) => parsers.get(oid) ?? asText,
} as const;

/** Both of the forms that a server writes bytes in (its `bytea_output`). */
const bytesOf = (text: string): Uint8Array => {
  if (text.startsWith("\\x")) return Buffer.from(text.slice(2), "hex");
  const bytes = text.replace(/\\(\\|[0-3][0-7]{2})/g, (_, escaped: string) =>
    escaped === "\\" ? "\\" : String.fromCharCode(Number.parseInt(escaped, 8)),
  );
  return Buffer.from(bytes, "latin1");
};
