import type { Muster } from "@muster/core";
import { beforeAll, expect, test } from "vitest";
import { aFile, anInstance, outcome, storedHash } from "./instance.ts";
import { vectors } from "./vectors.ts";

const file = aFile();
let muster: Muster<unknown>;
beforeAll(async () => {
  muster = await anInstance(file);
});

test("the vectors are of 12 schemes and variants at least", () => {
  const kinds = new Set(vectors.map(({ stored }) => stored.slice(0, stored.indexOf("$", 1))));
  expect([...kinds].sort()).toEqual(
    [
      ...["2a", "2b", "2y", "5", "6", "argon2d", "argon2i", "argon2id", "firebase-scrypt", "pbkdf2-sha1"],
      ...["pbkdf2-sha256", "pbkdf2-sha512", "scrypt", "ssha", "ssha256", "ssha512"],
    ].map((identifier) => `$${identifier}`),
  );
});

test.concurrent.each(vectors)("$name: logs in, and is argon2id afterwards", async ({ name, password, stored }) => {
  const login = name.replace("@", "");
  const user = await muster.users.create({ username: login, passwordHash: stored });
  expect(storedHash(file, user.id)).toBe(stored);
  for (const wrong of [`${password}!`, `!${password.slice(1)}`]) {
    // What bcrypt does not read does not count.
    if (wrong.slice(0, 72) === password.slice(0, 72) && stored.startsWith("$2")) continue;
    expect(await outcome(muster.sessions.login({ login, password: wrong }))).toBe("invalid_credentials");
  }
  expect(storedHash(file, user.id)).toBe(stored);
  await muster.sessions.login({ login, password });
  expect(storedHash(file, user.id)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await outcome(muster.sessions.login({ login, password: `${password}!` }))).toBe("invalid_credentials");
});
