import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { systemRandom } from "../../src/builtin/environment.ts";
import type { OneTimePurpose } from "../../src/ports/one-time-token-store.ts";
import { oneTimeTokens } from "../../src/recovery/one-time-token.ts";

const tokens = oneTimeTokens(systemRandom);
const marks: Readonly<Record<OneTimePurpose, string>> = {
  password_reset: "rst",
  email_verification: "ver",
  email_change: "chg",
  email_undo: "und",
  invitation: "inv",
  login_challenge: "lgn",
};
const purposes = Object.keys(marks) as readonly OneTimePurpose[];

it.each(purposes)("a token for %s says so to people and to scanners of leaked secrets", (purpose) => {
  const text = tokens.issue(purpose);
  expect(text).toMatch(new RegExp(`^mst_${marks[purpose]}_[A-Za-z0-9_-]{48}$`));
  expect(tokens.purposeOf(text)).toBe(purpose);
});

it("a token of one purpose is none of another when its prefix is changed", () => {
  for (const [from, to] of purposes.flatMap((one) => purposes.map((other) => [one, other] as const))) {
    const disguised = tokens.issue(from).replace(/^mst_..._/, `mst_${marks[to]}_`);
    expect(tokens.purposeOf(disguised)).toBe(from === to ? from : undefined);
  }
});

it("a token with any one character changed, added or removed is refused without a look into the store", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é";
  const text = tokens.issue("password_reset");
  for (let index = 0; index <= text.length; index++) {
    const [before, at, after] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)];
    const mutants = [...alphabet].flatMap((character) => [before + character + after, before + character + at + after]);
    const accepted = [...mutants, before + after].filter(
      (mutant) => mutant !== text && tokens.purposeOf(mutant) !== undefined,
    );
    expect(accepted).toEqual([]);
  }
});

it("what never was a token is refused", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.base64String()), (text) => {
      expect(tokens.purposeOf(text)).toBeUndefined();
      expect(tokens.purposeOf(`mst_rst_${text}`)).toBeUndefined();
    }),
  );
  expect(tokens.purposeOf(`mst_rst_${"A".repeat(48)}`)).toBeUndefined();
  expect(tokens.purposeOf("A".repeat(2 ** 20))).toBeUndefined();
});

it("of 100,000 tokens no two are the same, in text or hash", () => {
  const issued = Array.from({ length: 100_000 }, () => tokens.issue("email_change"));
  expect(new Set(issued).size).toBe(100_000);
  const [text = ""] = issued;
  expect(Buffer.from(tokens.hash(text))).toEqual(createHash("sha256").update(text).digest());
});
