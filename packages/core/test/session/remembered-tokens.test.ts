import { describe, expect, it } from "vitest";
import { RememberedTokens } from "../../src/session/remembered-tokens.ts";
import type { Principal } from "../../src/session/session.ts";

const capacity = 10_000;

const principal = (userId: string, tenant = "default"): Principal => ({
  tenant,
  userId,
  sessionId: "session",
  role: "user",
  expiresAt: new Date(0),
  authenticatedAt: new Date(0),
  methods: ["pwd"],
});

describe("remembered tokens", () => {
  it("never hold more than their capacity, and forget the oldest first", () => {
    const tokens = new RememberedTokens();
    for (let count = 0; count < 3 * capacity; count++) {
      tokens.remember(`token ${count}`, principal(`user ${count % 7}`), tokens.mark());
      expect(tokens.size).toBeLessThanOrEqual(capacity);
    }
    expect(tokens.size).toBe(capacity);
    expect(tokens.recall(`token ${2 * capacity - 1}`)).toBeUndefined();
    expect(tokens.recall(`token ${2 * capacity}`)).toEqual(principal(`user ${(2 * capacity) % 7}`));
  });

  it("forget nobody when a token is remembered again", () => {
    const tokens = new RememberedTokens();
    for (let count = 0; count < capacity; count++) {
      tokens.remember(`token ${count}`, principal("jane"), tokens.mark());
    }
    tokens.remember(`token ${capacity - 1}`, principal("jane"), tokens.mark());
    expect(tokens.size).toBe(capacity);
    expect(tokens.recall("token 0")).toEqual(principal("jane"));
  });

  it("forget all tokens of a user and of nobody else", () => {
    const tokens = new RememberedTokens();
    tokens.remember("jane 1", principal("jane"), tokens.mark());
    tokens.remember("jane 2", principal("jane"), tokens.mark());
    tokens.remember("joe", principal("joe"), tokens.mark());
    tokens.remember("other jane", principal("jane", "acme"), tokens.mark());
    tokens.forget("default", "jane");
    expect(["jane 1", "jane 2", "joe", "other jane"].map((token) => tokens.recall(token) !== undefined)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it("do not mix up a tenant and a user whose names run together", () => {
    const tokens = new RememberedTokens();
    tokens.remember("one", principal("b:c", "a"), tokens.mark());
    tokens.forget("a:b", "c");
    expect(tokens.recall("one")).toBeDefined();
  });

  it("take nothing in that was read before somebody was forgotten", () => {
    const tokens = new RememberedTokens();
    const mark = tokens.mark();
    tokens.forget("default", "jane");
    tokens.remember("jane", principal("jane"), mark);
    expect(tokens.recall("jane")).toBeUndefined();
    const later = tokens.mark();
    tokens.forgetAll();
    tokens.remember("jane", principal("jane"), later);
    expect(tokens.size).toBe(0);
  });

  it("are dropped one by one, too", () => {
    const tokens = new RememberedTokens();
    tokens.remember("jane", principal("jane"), tokens.mark());
    tokens.drop("jane");
    tokens.drop("jane");
    expect(tokens.recall("jane")).toBeUndefined();
    expect(tokens.size).toBe(0);
  });
});
