import { createHash, createSecretKey } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { systemRandom } from "../../src/builtin/environment.ts";
import { refreshTokens } from "../../src/session/refresh-token.ts";

const tokens = refreshTokens(createSecretKey(Buffer.alloc(32, 1)), systemRandom);
const sessionIds = fc.uuid();
const tenants = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("default", "acme", "\ud800", "\udbff"));

it("reads the session of a token it issued", () => {
  fc.assert(
    fc.property(sessionIds, tenants, (sessionId, tenant) => {
      const text = tokens.issue(sessionId, tenant);
      expect(text).toMatch(/^mrt_[A-Za-z0-9_-]{86}$/);
      expect(tokens.read(text, tenant)).toBe(sessionId);
    }),
  );
});

it("refuses a token of another tenant or installation", () => {
  const others = refreshTokens(createSecretKey(Buffer.alloc(32, 2)), systemRandom);
  fc.assert(
    fc.property(sessionIds, tenants, tenants, (sessionId, tenant, other) => {
      fc.pre(tenant !== other);
      expect(tokens.read(tokens.issue(sessionId, tenant), other)).toBeUndefined();
      expect(others.read(tokens.issue(sessionId, tenant), tenant)).toBeUndefined();
    }),
  );
});

it("refuses a token with any one character changed, added or removed", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n\u0000é";
  const text = tokens.issue("0192f0c1-0000-7000-8000-000000000001", "default");
  for (let index = 0; index <= text.length; index++) {
    const [before, at, after] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)];
    const mutants = [...alphabet].flatMap((character) => [before + character + after, before + character + at + after]);
    const accepted = [...mutants, before + after].filter(
      (mutant) => mutant !== text && tokens.read(mutant, "default") !== undefined,
    );
    expect(accepted).toEqual([]);
  }
});

it("refuses what never was a token", () => {
  const texts = ["", "mrt_", `mrt_${"A".repeat(86)}`, `MRT_${"A".repeat(86)}`, "A".repeat(90), "A".repeat(2 ** 20)];
  expect(texts.filter((text) => tokens.read(text, "default") !== undefined)).toEqual([]);
});

it("issues only for ids that are UUIDs in lower case", () => {
  for (const id of ["", "session", "0192F0C1-0000-7000-8000-000000000001", "0192f0c1000070008000000000000001"]) {
    expect(() => tokens.issue(id, "default")).toThrow(TypeError);
  }
});

it("issues 100,000 tokens of one session without repetition, all of them readable", () => {
  const sessionId = "0192f0c1-0000-7000-8000-000000000001";
  const issued = Array.from({ length: 100_000 }, () => tokens.issue(sessionId, "default"));
  expect(new Set(issued).size).toBe(100_000);
  expect(new Set(issued.slice(0, 5_000).map((text) => tokens.read(text, "default")))).toEqual(new Set([sessionId]));
});

it("hashes a token with SHA-256", () => {
  const text = tokens.issue("0192f0c1-0000-7000-8000-000000000001", "default");
  expect(tokens.hash(text)).toEqual(createHash("sha256").update(text).digest());
});

it("opens a successor with the token it was sealed under and with no other", () => {
  fc.assert(
    fc.property(sessionIds, tenants, (sessionId, tenant) => {
      const [presented, successor, stranger] = [1, 2, 3].map(() => tokens.issue(sessionId, tenant)) as [
        string,
        string,
        string,
      ];
      const box = tokens.seal(successor, presented);
      expect(tokens.open(box, presented)).toBe(successor);
      expect(tokens.open(new Uint8Array(box), presented)).toBe(successor);
      for (const wrong of [stranger, successor, `${presented} `, ""]) expect(tokens.open(box, wrong)).toBeUndefined();
    }),
  );
});

it("opens no box that was changed or cut", () => {
  const [presented, successor] = ["default", "default"].map((tenant) =>
    tokens.issue("0192f0c1-0000-7000-8000-000000000001", tenant),
  ) as [string, string];
  const box = tokens.seal(successor, presented);
  for (let index = 0; index < box.length; index++) {
    const changed = Uint8Array.from(box);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(tokens.open(changed, presented)).toBeUndefined();
    expect(tokens.open(box.subarray(0, index), presented)).toBeUndefined();
  }
});

it("seals the same successor differently each time, and shows nothing of it", () => {
  const [presented, successor] = ["a", "b"].map((tenant) =>
    tokens.issue("0192f0c1-0000-7000-8000-000000000001", tenant),
  ) as [string, string];
  const [first, second] = [tokens.seal(successor, presented), tokens.seal(successor, presented)];
  expect(first).not.toEqual(second);
  expect(Buffer.from(first).includes(successor.slice(0, 12))).toBe(false);
});
