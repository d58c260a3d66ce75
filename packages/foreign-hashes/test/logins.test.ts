import type { Muster } from "@muster/core";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { foreignHashes } from "../src/index.ts";
import { aFile, anInstance, outcome, store, storedHash } from "./instance.ts";
import { vectorOf } from "./vectors.ts";

const file = aFile();
let muster: Muster<unknown>;
beforeAll(async () => {
  muster = await anInstance(file);
});

let people = 0;
const aPerson = async (passwordHash: string) => {
  const login = `person-${people++}`;
  const { id } = await muster.users.create({ username: login, passwordHash });
  return { id, login };
};
const login = (name: string, password: string) => outcome(muster.sessions.login({ login: name, password }));
const { password, stored } = vectorOf("SSHA512, passlib");

describe("passwords at the edge", () => {
  test("a megabyte is refused before any work, with and without a foreign hash", async () => {
    const { login: name } = await aPerson(stored);
    const begun = performance.now();
    for (const who of [name, "nobody"]) expect(await login(who, "a".repeat(1_048_576))).toBe("invalid_input");
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  test("the longest that is read is no more work than another, whatever the scheme does with length", async () => {
    const { login: name } = await aPerson(vectorOf("sha512-crypt, passlib").stored);
    const begun = performance.now();
    expect(await login(name, "é".repeat(8_192))).toBe("invalid_credentials");
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test("bcrypt reads 72 bytes; what was typed at that login counts whole from then on", async () => {
    const long = vectorOf("bcrypt of 80 bytes, of which 72 count");
    const typed = `${long.password.slice(0, 72)} and more`;
    const { login: name } = await aPerson(long.stored);
    expect(await login(name, long.password.slice(0, 71))).toBe("invalid_credentials");
    expect(await login(name, typed)).toBe("ok");
    expect(await login(name, long.password)).toBe("invalid_credentials");
    expect(await login(name, typed)).toBe("ok");
  });

  test("a password with U+0000 matches no hash of another system, though some pad with it and others stop at it", async () => {
    const names = ["LDAP {PBKDF2-SHA256}, passlib", "bcrypt $2b$, libxcrypt", "scrypt PHC, passlib"];
    for (const vector of names.map(vectorOf)) {
      const { login: name } = await aPerson(vector.stored);
      expect(await login(name, `${vector.password}\0`)).toBe("invalid_credentials");
      expect(await login(name, vector.password)).toBe("ok");
    }
  });

  test("letters count as they are typed, except where the other system normalised them", async () => {
    const composed = password.normalize("NFC");
    expect(composed.normalize("NFD")).not.toBe(composed);
    const asTyped = await aPerson(stored);
    expect(await login(asTyped.login, composed.normalize("NFD"))).toBe("invalid_credentials");
    expect(await login(asTyped.login, composed)).toBe("ok");
    const normalised = vectorOf("scrypt of Better Auth, a password that NFKC changes");
    for (const form of ["NFC", "NFD", "NFKC"] as const) {
      const { login: name } = await aPerson(normalised.stored);
      expect(await login(name, normalised.password.normalize(form))).toBe("ok");
    }
  });
});

describe("bringing a hash along", () => {
  test("a hash that cannot be checked is refused with its scheme and the reason, and without the hash", async () => {
    const tooDear = `$2b$31$${"A".repeat(53)}`;
    for (const [text, reason] of [
      [tooDear, /scheme: bcrypt.*cost is 31/],
      ["$1$salt$s3cret", /scheme: unknown.*no known scheme/],
      ["s3cret", /scheme: unknown/],
      ["", /scheme: unknown/],
      ["x".repeat(5_000), /more than 4096/],
    ] as const) {
      const error = await muster.users.create({ username: "x", passwordHash: text }).catch((refusal) => refusal);
      expect(error).toMatchObject({
        code: "invalid_input",
        issues: [{ field: "passwordHash", rule: "password_hash" }],
      });
      expect(error.issues[0].message).toMatch(reason);
      expect(JSON.stringify(error) + String(error)).not.toMatch(/s3cret|AAAA|xxxx/);
    }
    expect(await outcome(muster.users.create({ username: "x", password, passwordHash: stored }))).toBe("invalid_input");
  });

  test("a user who is there already gets it in place of a password: sessions end, the audit log tells it, no hash shows", async () => {
    const jane = await muster.users.create({ username: "jane", password: "correct horse battery" });
    const session = await muster.sessions.login({ login: "jane", password: "correct horse battery" });
    await muster.credentials.import(jane.id, stored);
    expect(await outcome(muster.sessions.authenticate(session.accessToken))).toBe("invalid_token");
    expect(await login("jane", "correct horse battery")).toBe("invalid_credentials");
    expect(await login("jane", password)).toBe("ok");
    const events = await muster.audit.list({ userId: jane.id });
    expect(events.items.map(({ type }) => type)).toContain("user.password_imported");
    expect(JSON.stringify([events, await muster.users.get(jane.id)])).not.toMatch(/ssha|argon2|passwordHash/i);
    expect(await outcome(muster.credentials.import(jane.id, "nonsense"))).toBe("invalid_input");
    expect(await outcome(muster.credentials.import("nobody-has-this-id", stored))).toBe("user_not_found");
    expect(await outcome(muster.credentials.import(jane.id, stored, { version: 1 }))).toBe("version_mismatch");
  });

  test("changing a password by the old one works from a foreign hash too", async () => {
    const { id, login: name } = await aPerson(stored);
    const tokens = await muster.sessions.login({ login: name, password });
    store(file, id, stored);
    const self = muster.as(await muster.sessions.authenticate(tokens.accessToken));
    expect(await outcome(self.users.changePassword("wrong", "another horse battery"))).toBe("invalid_credentials");
    expect(await outcome(self.users.changePassword(password, "another horse battery"))).toBe("ok");
    expect(await login(name, "another horse battery")).toBe("ok");
  });
});

describe("what lies in the column of hashes", () => {
  afterEach(() => vi.restoreAllMocks());

  test("garbage answers like a wrong password, at once, and the log says whose it is and why", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { id, login: name } = await aPerson(stored);
    const garbage = [
      "",
      " ",
      "s3cret",
      stored.slice(0, -20),
      `$2b$31$${"s3cret".padEnd(53, "A")}`,
      "$argon2id$v=19$m=4194304,t=9,p=1$czNjcmV0czNj$czNjcmV0czNjczNjcmV0czNj",
      "$argon2id$v=19$m=8,t=1,p=1$czNjcmV0czNj$czNjcmV0czNjczNjcmV0czNjX",
      `$argon2id$v=19$m=9,t=1,p=4$${"A".repeat(22)}$${"A".repeat(43)}`,
      "$sealed$house$s3cret",
      "$wrapped$argon2id$v=19$of$ssha$AAAA$AAAA",
      "\ud800\u0001é".repeat(2_000),
    ];
    for (const text of garbage) {
      store(file, id, text);
      log.mockClear();
      const begun = performance.now();
      expect(await login(name, password), text).toBe("invalid_credentials");
      expect(performance.now() - begun).toBeLessThan(2_000);
      const logged = JSON.stringify(log.mock.calls);
      expect(logged).toContain("A stored password hash cannot be checked.");
      expect(logged).toContain(id);
      expect(logged).toContain("reason");
      expect(logged).not.toMatch(/s3cret|czNj|AAAAA/);
    }
  });

  test("without foreign hashes configured nobody with one gets in, and nothing of it is lost", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const { id, login: name } = await aPerson(stored);
    const without = await anInstance(file, { foreign: { ...foreignHashes(), read: () => undefined } });
    expect(await outcome(without.sessions.login({ login: name, password }))).toBe("invalid_credentials");
    expect(storedHash(file, id)).toBe(stored);
    expect(await login(name, password)).toBe("ok");
  });
});

test("20 logins at once with one foreign hash all get in, and leave one hash of ours", async () => {
  const { id, login: name } = await aPerson(stored);
  const all = await Promise.all(Array.from({ length: 20 }, () => login(name, password)));
  expect(new Set(all)).toEqual(new Set(["ok"]));
  expect(storedHash(file, id)).toMatch(/^\$argon2id\$/);
});
