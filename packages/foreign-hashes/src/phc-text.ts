import { fromBase64, toBase64 } from "./base64.ts";

/** A PHC string: `$identifier$name=value,…$salt$hash`, salt and hash in base64 without padding. */
export interface PhcText {
  readonly identifier: string;
  /** Empty where the string has none. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
}

const shape =
  /^\$([a-z0-9-]{1,32})(?:\$([a-z0-9-]+=[A-Za-z0-9+/.-]*(?:,[a-z0-9-]+=[A-Za-z0-9+/.-]*)*))?\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** A salt of 1 to 64 bytes; a hash of 16, so that none is met by chance, to 128. */
const [mostSaltBytes, leastHashBytes, mostHashBytes] = [64, 16, 128];

/** Reads a PHC string; undefined when it is none, or salt or hash have a length that nobody uses. */
export const readPhcText = (text: string): PhcText | undefined => {
  const [, identifier = "", parameters, saltText = "", hashText = ""] = shape.exec(text) ?? [];
  const [salt, hash] = [fromBase64(saltText), fromBase64(hashText)];
  if (!salt || !hash || salt.length < 1 || salt.length > mostSaltBytes) return undefined;
  if (hash.length < leastHashBytes || hash.length > mostHashBytes) return undefined;
  const pairs = (parameters?.split(",") ?? []).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return { identifier, parameters: new Map(pairs), salt, hash };
};

/** Writes a PHC string. */
export const writePhcText = ({ identifier, parameters, salt, hash }: PhcText): string =>
  [
    "",
    identifier,
    ...(parameters.size > 0 ? [[...parameters].map(([name, value]) => `${name}=${value}`).join(",")] : []),
    toBase64(salt),
    toBase64(hash),
  ].join("$");

/** The same string with every bit of the hash zero. */
export const blankPhcText = (phc: PhcText): string => writePhcText({ ...phc, hash: new Uint8Array(phc.hash.length) });

/** A parameter that is a whole number in its shortest form; undefined for anything else. */
export const wholeParameter = (phc: PhcText, name: string): number | undefined => {
  const text = phc.parameters.get(name) ?? "";
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
};

/** Whether a string has exactly these parameters, in this order. */
export const hasParameters = (phc: PhcText, ...names: readonly string[]): boolean =>
  [...phc.parameters.keys()].join() === names.join();
