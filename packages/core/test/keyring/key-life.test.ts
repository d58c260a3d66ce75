import { expect, it } from "vitest";
import { isGone, lastId, livesOf, slackMilliseconds } from "../../src/keyring/key-life.ts";
import type { StoredKey } from "../../src/ports/key-store.ts";

const key = (id: string, activeAt: number, follows = ""): StoredKey => ({
  id,
  purpose: "access_token",
  algorithm: "EdDSA",
  secretJwk: "{}",
  createdAt: new Date(activeAt),
  activeAt: new Date(activeAt),
  follows,
});

const keys = [key("c", 3_000, "b"), key("a", 1_000), key("b", 2_000, "a")];
const states = (now: number) => livesOf(keys, now, 10).map(({ key: { id }, state }) => `${id} ${state}`);

it("goes from prepared to active to retired with time alone", () => {
  expect(states(1_999)).toEqual(["a active", "b prepared", "c prepared"]);
  expect(states(2_000)).toEqual(["a retired", "b active", "c prepared"]);
  expect(states(3_000)).toEqual(["a retired", "b retired", "c active"]);
});

it("has a key that signs when the clock was set back", () => {
  expect(states(0)).toEqual(["a active", "b prepared", "c prepared"]);
});

it("is gone once the last token it signed has expired, and never while it signs", () => {
  const goneAt = 2_000 + 10_000 + slackMilliseconds;
  const gone = (now: number) =>
    livesOf(keys, now, 10)
      .filter((life) => isGone(life, now))
      .map((life) => life.key.id);
  expect(gone(goneAt - 1)).toEqual([]);
  expect(gone(goneAt)).toEqual(["a"]);
  expect(gone(1e12)).toEqual(["a", "b"]);
});

it("knows the key that none follows, also when those before it are removed", () => {
  expect(lastId(keys)).toBe("c");
  expect(lastId(keys.slice(0, 1))).toBe("c");
  expect(lastId([])).toBe("");
});
