import { inspect } from "node:util";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import { systemClock, systemRandom } from "../../src/builtin/environment.ts";
import { makeKeyVault } from "../../src/keyring/key-vault.ts";
import { openKeys } from "../../src/keyring/open-keys.ts";
import type { KeyStore } from "../../src/ports/key-store.ts";
import { openKeyStore } from "../builtin/installation.ts";

const purposes = ["access_token", "cursor", "outbox", "refresh_token", "second_factor"];

const sources = (keys: KeyStore) => ({
  keys,
  vault: makeKeyVault([], systemRandom),
  randomSource: systemRandom,
  clock: systemClock,
  algorithm: "EdDSA" as const,
});

it("gives eight starts at once the same keys", async () => {
  for (let round = 0; round < 20; round++) {
    const keys = await openKeyStore();
    const start = Effect.andThen(openKeys(sources(keys)), keys.list());
    const starts = Array.from({ length: 8 }, () => Effect.runPromise(start));
    const [first, ...others] = await Promise.all(starts);
    expect(first?.map(({ purpose }) => purpose).sort()).toEqual(purposes);
    for (const other of others) expect(other).toEqual(first);
  }
});

it("finds the keys of the last start", async () => {
  const keys = await openKeyStore();
  const [first, second] = [
    await Effect.runPromise(openKeys(sources(keys))),
    await Effect.runPromise(openKeys(sources(keys))),
  ];
  expect(second.cursor.equals(first.cursor)).toBe(true);
  expect(second.refreshToken.equals(first.refreshToken)).toBe(true);
  expect(second.outbox.equals(first.outbox)).toBe(true);
  expect(first.cursor.equals(first.refreshToken)).toBe(false);
  expect(first.outbox.equals(first.refreshToken)).toBe(false);
});

it("makes only what is missing", async () => {
  const completeStore = await openKeyStore();
  const complete = await Effect.runPromise(Effect.andThen(openKeys(sources(completeStore)), completeStore.list()));
  const keys = await openKeyStore();
  const cursor = complete.filter(({ purpose }) => purpose === "cursor");
  for (const key of cursor) await Effect.runPromise(keys.insert(key));
  const all = await Effect.runPromise(Effect.andThen(openKeys(sources(keys)), keys.list()));
  expect(all).toHaveLength(purposes.length);
  expect(all).toEqual(expect.arrayContaining(cursor));
});

it("makes secrets of 256 bits and prints none of them", async () => {
  const keys = await openKeyStore();
  const loaded = await Effect.runPromise(openKeys(sources(keys)));
  expect([loaded.cursor.symmetricKeySize, loaded.refreshToken.symmetricKeySize]).toEqual([32, 32]);
  for (const { secretJwk } of await Effect.runPromise(keys.list())) {
    const { k, d } = JSON.parse(secretJwk);
    expect(inspect(loaded, { depth: 9, showHidden: true }) + JSON.stringify(loaded)).not.toContain(k ?? d);
  }
});

it("does not start with a secret key that is broken or too short", async () => {
  for (const secretJwk of ["{}", "{", '{"kty":"oct","k":"AA"}', `{"kty":"RSA","k":"${"A".repeat(43)}"}`]) {
    const keys = await openKeyStore();
    const times = { createdAt: new Date(0), activeAt: new Date(0), follows: "" };
    const key = { id: "1", purpose: "cursor", algorithm: "HS256", secretJwk, ...times } as const;
    await Effect.runPromise(keys.insert(key));
    const exit = await Effect.runPromiseExit(openKeys(sources(keys)));
    expect([secretJwk, exit._tag]).toEqual([secretJwk, "Failure"]);
  }
});
