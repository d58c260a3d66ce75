import type { KeyObject } from "node:crypto";
import { decodeBase64Url } from "../kernel/base64url.ts";
import type { JsonObject } from "../kernel/json.ts";
import { boxKey, openBox, sealBox } from "../kernel/sealed-box.ts";
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

const ownerText = ({ tenant, topic, id }: BoxOwner): string => JSON.stringify([tenant, topic, id]);

/**
 * Payloads sealed under a key of the installation.
 *
 * The key is kept in the same database, in another table: a copy of the outbox alone, a log of its rows or a look at the
 * table shows nothing; whoever has the whole database has the key as well, unless keys are encrypted under a secret.
 */
export const sealedPayloads = (installationKey: KeyObject, randomSource: RandomSource): SealedPayloads => {
  const key = boxKey(installationKey, "muster outbox payload 1");
  return {
    seal: (owner, payload) => ({
      box: sealBox(key, randomSource.bytes, ownerText(owner), JSON.stringify(payload)).toString("base64url"),
    }),

    open: (owner, { box }) => {
      const bytes = typeof box === "string" ? decodeBase64Url(box) : undefined;
      const text = bytes && openBox(key, ownerText(owner), bytes);
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject);
    },
  };
};
