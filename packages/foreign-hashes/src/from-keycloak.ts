import { fromBase64, toBase64 } from "./base64.ts";
import { writePhcText } from "./phc-text.ts";
import { UnreadableRecord } from "./unreadable-record.ts";

/** A credential of type `password` as a realm export or the table `credential` has it: two JSON texts. */
export interface KeycloakCredential {
  /** `{"hashIterations":…,"algorithm":"…","additionalParameters":{…}}` */
  readonly credentialData: string;
  /** `{"value":"…","salt":"…"}` */
  readonly secretData: string;
}

type Fields = Readonly<Record<string, unknown>>;

const digests: ReadonlyMap<unknown, string> = new Map([
  ["pbkdf2", "pbkdf2-sha1"],
  ["pbkdf2-sha256", "pbkdf2-sha256"],
  ["pbkdf2-sha512", "pbkdf2-sha512"],
]);

/**
 * The text for a password credential of Keycloak: PBKDF2 of any digest, argon2, and bcrypt of the plug-in keycloak-bcrypt.
 *
 * @throws UnreadableRecord when it is none of these.
 */
export const fromKeycloak = ({ credentialData, secretData }: KeycloakCredential): string => {
  const [how, secret] = [fieldsOf(credentialData), fieldsOf(secretData)];
  const { algorithm, hashIterations } = how;
  if (algorithm === "bcrypt") return text(secret, "value");
  const [salt, hash] = [bytes(secret, "salt"), bytes(secret, "value")];
  const identifier = digests.get(algorithm);
  if (identifier !== undefined) {
    return writePhcText({ identifier, parameters: new Map([["i", String(hashIterations)]]), salt, hash });
  }
  if (algorithm !== "argon2")
    throw refusal("its algorithm is not pbkdf2, pbkdf2-sha256, pbkdf2-sha512, argon2 or bcrypt");
  const more = how.additionalParameters;
  const parameter = (name: string): string => first(isFields(more) ? more[name] : undefined);
  const version = parameter("version") === "1.0" ? "16" : "19";
  const cost = `m=${parameter("memory")},t=${String(hashIterations)},p=${parameter("parallelism")}`;
  return `$argon2${parameter("type")}$v=${version}$${cost}$${toBase64(salt)}$${toBase64(hash)}`;
};

/** Keycloak keeps each parameter as a list of one text. */
const first = (value: unknown): string => String(Array.isArray(value) ? value[0] : value);

const fieldsOf = (json: string): Fields => {
  try {
    const parsed: unknown = JSON.parse(json);
    if (isFields(parsed)) return parsed;
  } catch {
    // Said below, without the text: the parser's message quotes it.
  }
  throw refusal("credentialData and secretData are texts that hold a JSON object each");
};

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

const text = (fields: Fields, name: string): string => {
  const value = fields[name];
  if (typeof value === "string") return value;
  throw refusal(`'${name}' is missing`);
};

const bytes = (fields: Fields, name: string): Uint8Array => {
  const decoded = fromBase64(text(fields, name));
  if (decoded !== undefined) return decoded;
  throw refusal(`'${name}' is no base64`);
};

const refusal = (reason: string): UnreadableRecord => new UnreadableRecord("Keycloak", reason);
