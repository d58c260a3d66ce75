import { createHash } from "node:crypto";
import * as Redacted from "effect/Redacted";
import { InvalidConfiguration } from "../errors.ts";
import { boxKey, openBox, sealBox } from "../kernel/sealed-box.ts";
import type { RandomSource } from "../ports/environment.ts";
import type { StoredKey } from "../ports/key-store.ts";

/** A secret outside the database under which its keys are encrypted; or several, the current one first. */
export type SecretOption = string | Redacted.Redacted | readonly (string | Redacted.Redacted)[];

type KeyName = Pick<StoredKey, "id" | "purpose" | "algorithm">;

/** Encrypts keys for the database under the current secret, and opens those of every known one. */
export interface KeyVault {
  /** The text to store; the JWK itself when there is no secret. */
  readonly close: (name: KeyName, jwk: string) => string;
  /** The JWK in a stored text, undefined when it needs a secret that is not known, or was altered. */
  readonly open: (key: StoredKey) => string | undefined;
  /** Whether `close` would do it the same way. */
  readonly isCurrent: (stored: string) => boolean;
}

const shape = /^\$sealed\$([A-Za-z0-9_-]{11})\$([A-Za-z0-9_-]+)$/;

/** NIST SP 800-63B-4 §3.1.1.2 asks for 112 bits. */
const leastBytes = 16;

/** Reads the option. Throws InvalidConfiguration. */
export const secretsOf = (option: SecretOption | undefined): readonly string[] => {
  const given: readonly unknown[] = option === undefined ? [] : Array.isArray(option) ? option : [option];
  return given.map((secret) => {
    const text = Redacted.isRedacted(secret) ? Redacted.value(secret) : secret;
    if (typeof text === "string" && Buffer.byteLength(text) >= leastBytes) return text;
    const reason = `The option 'secret' must be one or several texts of at least ${leastBytes} bytes each.`;
    throw new InvalidConfiguration({ reason });
  });
};

/** The vault of some secrets, the current one first. A text says by a hash which secret it needs. */
export const makeKeyVault = (secrets: readonly string[], randomSource: RandomSource): KeyVault => {
  const keys = new Map(secrets.map((secret) => [nameOf(secret), boxKey(secret, "muster: keys at rest")] as const));
  const [current] = keys;
  return {
    close: (name, jwk) => {
      if (current === undefined) return jwk;
      const [id, key] = current;
      return `$sealed$${id}$${sealBox(key, randomSource.bytes, ownerText(name), jwk).toString("base64url")}`;
    },
    open: (stored) => {
      const { secretJwk } = stored;
      if (!secretJwk.startsWith("$sealed$")) return secretJwk;
      const [, id = "", box = ""] = shape.exec(secretJwk) ?? [];
      const key = keys.get(id);
      return key && openBox(key, ownerText(stored), Buffer.from(box, "base64url"));
    },
    isCurrent: (stored) =>
      current === undefined ? !stored.startsWith("$sealed$") : stored.startsWith(`$sealed$${current[0]}$`),
  };
};

/** A box is good in its own row only. */
const ownerText = ({ id, purpose, algorithm }: KeyName): string => JSON.stringify([id, purpose, algorithm]);

/** Tells secrets apart; a hash of what was derived for this alone. */
const nameOf = (secret: string): string =>
  createHash("sha256").update(boxKey(secret, "muster: name of a secret")).digest().subarray(0, 8).toString("base64url");
