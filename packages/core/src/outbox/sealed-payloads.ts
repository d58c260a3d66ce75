import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from "node:crypto";
import { decodeBase64Url } from "../kernel/base64url.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { RandomSource } from "../ports/environment.ts";
import type { OutboxEntry } from "../ports/outbox.ts";

/** Whose payload it is: a box is good in the entry for which it was sealed, and nowhere else. */
export type BoxOwner = Pick<OutboxEntry, "tenant" | "topic" | "id">;

/** Hides payloads that carry a secret, e.g. the mail with a link that resets a password, from whoever reads the table. */
export interface SealedPayloads {
  /** What to append as the payload: `{ "box": "…" }`. */
  readonly seal: (owner: BoxOwner, payload: JsonObject) => JsonObject;
  /** What `seal` was given, or undefined for a box of another entry, another installation, or altered since. */
  readonly open: (owner: BoxOwner, payload: JsonObject) => JsonObject | undefined;
}

/** Sizes of AES-GCM (NIST SP 800-38D §5.2). */
const nonceBytes = 12;
const tagBytes = 16;

/** RFC 5869 without salt: the installation's key is random already. */
const sealingKey = (key: KeyObject): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", key, "", "muster outbox payload 1", 32));

const bytesOf = ({ tenant, topic, id }: BoxOwner): Buffer => Buffer.from(JSON.stringify([tenant, topic, id]));

/**
 * Payloads sealed with AES-256-GCM under a key of the installation.
 *
 * The key is kept in the same database, in another table: a copy of the outbox alone, a log of its rows or a look at the
 * table shows nothing; whoever has the whole database has the key as well.
 */
export const sealedPayloads = (installationKey: KeyObject, randomSource: RandomSource): SealedPayloads => {
  const key = sealingKey(installationKey);
  return {
    seal: (owner, payload) => {
      const nonce = randomSource.bytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(bytesOf(owner));
      const sealed = [cipher.update(JSON.stringify(payload), "utf8"), cipher.final()];
      return { box: Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString("base64url") };
    },

    open: (owner, { box }) => {
      const bytes = typeof box === "string" ? decodeBase64Url(box) : undefined;
      if (bytes === undefined || bytes.length < nonceBytes + tagBytes) return undefined;
      const options = { authTagLength: tagBytes };
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), options);
      decipher.setAAD(bytesOf(owner)).setAuthTag(bytes.subarray(-tagBytes));
      const opened = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      try {
        return JSON.parse(Buffer.concat([opened, decipher.final()]).toString("utf8")) as JsonObject;
      } catch {
        return undefined;
      }
    },
  };
};
