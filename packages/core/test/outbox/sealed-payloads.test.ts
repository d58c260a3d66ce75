import { createSecretKey } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemRandom } from "../../src/builtin/environment.ts";
import type { JsonObject } from "../../src/kernel/json.ts";
import { sealedPayloads } from "../../src/outbox/sealed-payloads.ts";

const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte));
const { seal, open } = sealedPayloads(key(1), systemRandom);
const owner = { tenant: "acme", topic: "mail", id: "entry-1" };
const payload = { to: "jane@example.com", link: "https://app.example/reset?token=mot_secret" };

describe("a sealed payload", () => {
  it("opens as what it was, whatever that is", async () => {
    await fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()), (given) => {
        const plain = JSON.parse(JSON.stringify(given)) as JsonObject;
        expect(open(owner, seal(owner, plain))).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  it("shows nothing of what it holds and is another one each time", () => {
    const [first, second] = [seal(owner, payload), seal(owner, payload)];
    expect(first).not.toEqual(second);
    const { box, ...others } = first;
    expect(others).toEqual({});
    const bytes = Buffer.from(String(box), "base64url").toString("latin1");
    expect(bytes).not.toMatch(/jane|token|secret|example/);
  });

  it("opens in no other entry, topic or tenant, nor in another installation", () => {
    const sealed = seal(owner, payload);
    for (const other of [{ tenant: "other" }, { topic: "event" }, { id: "entry-2" }]) {
      expect(open({ ...owner, ...other }, sealed)).toBeUndefined();
    }
    expect(sealedPayloads(key(2), systemRandom).open(owner, sealed)).toBeUndefined();
  });

  it("does not open when a single bit of it was changed, or when it is no box at all", () => {
    const bytes = Buffer.from(String(seal(owner, payload).box), "base64url");
    for (let at = 0; at < bytes.length; at++) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(open(owner, { box: altered.toString("base64url") })).toBeUndefined();
    }
    for (const box of ["", "AAAA", "*", bytes.subarray(0, 27).toString("base64url"), 7, null, {}]) {
      expect(open(owner, { box })).toBeUndefined();
    }
    expect(open(owner, {})).toBeUndefined();
  });
});
