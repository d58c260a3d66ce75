import type { HardenOptions, HardenReport, Muster } from "@muster/core";
import { postgresStore } from "@muster/store-postgres";
import * as Redacted from "effect/Redacted";
import { expect, test } from "vitest";
import { anyDatabase, temporarySchemas } from "../../store-postgres/test/postgres.ts";
import { aFile, anInstance, anInstanceOn, outcome, store, storedHash } from "./instance.ts";
import { vectorOf } from "./vectors.ts";

const names = ["SSHA512, passlib", "bcrypt $2b$, libxcrypt", "sha512-crypt, OpenSSL", "LDAP {PBKDF2}, passlib"];
const vectors = names.map(vectorOf);

/** So many users, each with a foreign hash, and one with a password of ours. */
const populated = async (muster: Muster<unknown>, count: number) => {
  await muster.users.create({ id: "own", username: "own", password: "correct horse battery" });
  const ids = Array.from({ length: count }, (_, index) => `user-${String(index).padStart(3, "0")}`);
  for (const [index, id] of ids.entries()) {
    const { stored = "" } = vectors[index % vectors.length] ?? {};
    await muster.users.create({ id, username: id, passwordHash: stored });
  }
  return ids.map((id, index) => ({ id, password: vectors[index % vectors.length]?.password ?? "" }));
};

const walk = async (muster: Muster<unknown>, options: HardenOptions = {}): Promise<readonly HardenReport[]> => {
  const reports = [await muster.credentials.harden(options)];
  for (let next = reports[0]?.next ?? null; next !== null; next = reports.at(-1)?.next ?? null) {
    reports.push(await muster.credentials.harden({ ...options, after: next }));
  }
  return reports;
};
const sum = (reports: readonly HardenReport[], count: (report: HardenReport) => number) =>
  reports.reduce((total, report) => total + count(report), 0);

test("every foreign hash is wrapped page by page, each password still works, and a login leaves plain argon2id", async () => {
  const file = aFile();
  const muster = await anInstance(file);
  const people = await populated(muster, 8);
  expect(await muster.credentials.harden({ dryRun: true })).toEqual({
    checked: 9,
    hardened: 0,
    schemes: { argon2id: 1, "salted-sha": 2, bcrypt: 2, "sha-crypt": 2, pbkdf2: 2 },
    refused: [],
    next: null,
  });
  const reports = await walk(muster, { limit: 4 });
  expect(reports.map(({ checked }) => checked)).toEqual([4, 4, 1]);
  expect(sum(reports, ({ hardened }) => hardened)).toBe(8);
  for (const { id, password } of people) {
    expect(storedHash(file, id)).toMatch(/^\$wrapped\$argon2id\$.*\$of\$/);
    expect(await outcome(muster.sessions.login({ login: id, password: `${password}!` }))).toBe("invalid_credentials");
    expect(await outcome(muster.sessions.login({ login: id, password }))).toBe("ok");
    expect(storedHash(file, id)).toMatch(/^\$argon2id\$/);
  }
  expect(sum(await walk(muster), ({ hardened }) => hardened)).toBe(0);
  const { items } = await muster.audit.list({ type: "user.password_hardened" });
  expect(items.map(({ userId, actor }) => [userId, actor.kind]).sort()).toEqual(people.map(({ id }) => [id, "system"]));
});

const newSchema = temporarySchemas(anyDatabase);
const shared: Readonly<Record<string, () => Promise<() => Promise<Muster<unknown>>>>> = {
  SQLite: async () => {
    const file = aFile();
    return () => anInstance(file);
  },
  PostgreSQL: async () => {
    const [connectionString, schema] = [await anyDatabase(), newSchema()];
    return () => anInstanceOn(postgresStore({ connectionString, schema }));
  },
};

test.each(Object.keys(shared))(
  "on %s several processes harden while people log in and change passwords: each hash once, nobody is shut out",
  async (name) => {
    const open = await shared[name]?.();
    if (open === undefined) throw new Error(name);
    const [muster, second, third] = [await open(), await open(), await open()];
    const people = await populated(muster, 12);
    const changed = people.slice(0, 3);
    const busy = people.slice(3, 7);
    const [mine, others] = await Promise.all([
      walk(second, { limit: 5 }),
      walk(third, { limit: 3 }),
      ...busy.map(({ id, password }) => muster.sessions.login({ login: id, password })),
      ...changed.map(({ id }) => muster.users.setPassword(id, "another horse battery")),
    ]);
    const total = sum([...mine, ...others], ({ hardened }) => hardened);
    const audited = await muster.audit.list({ type: "user.password_hardened", limit: 100 });
    expect(audited.items).toHaveLength(total);
    expect(new Set(audited.items.map(({ userId }) => userId)).size).toBe(total);
    expect(total).toBeGreaterThanOrEqual(5);
    for (const { id, password } of people) {
      const now = changed.some((person) => person.id === id) ? "another horse battery" : password;
      expect(await outcome(second.sessions.login({ login: id, password: now })), id).toBe("ok");
    }
  },
);

test("a pepper is added, then replaced, without a single password, and the old one can be thrown away", async () => {
  const file = aFile();
  const pepper = (id: string) => ({ id, secret: Redacted.make(`the secret of ${id}, kept elsewhere`) });
  const people = await populated(await anInstance(file), 4);
  const added = await anInstance(file, { peppers: [pepper("first")] });
  expect(sum(await walk(added, { wrap: false }), ({ hardened }) => hardened)).toBe(5);
  const replaced = await anInstance(file, { peppers: [pepper("second"), pepper("first")] });
  expect(await outcome(replaced.sessions.login({ login: "user-000", password: people[0]?.password ?? "" }))).toBe("ok");
  expect(sum(await walk(replaced), ({ hardened }) => hardened)).toBe(4);
  expect([...people.map(({ id }) => id), "own"].map((id) => storedHash(file, id).slice(0, 15))).toEqual(
    Array(5).fill("$sealed$second$"),
  );
  const without = await anInstance(file, { peppers: [pepper("second")] });
  for (const { id, password } of people) {
    expect(await outcome(without.sessions.login({ login: id, password }))).toBe("ok");
  }
  const born = await without.users.create({ username: "new", passwordHash: vectors[0]?.stored ?? "" });
  expect(storedHash(file, born.id)).toMatch(/^\$sealed\$second\$/);
});

test("hashes that cannot be checked are reported with their reason and left as they are", async () => {
  const file = aFile();
  const muster = await anInstance(file);
  const [jane] = await populated(muster, 1);
  const id = jane?.id ?? "";
  const broken = `$2b$31$${"A".repeat(53)}`;
  store(file, id, broken);
  expect(await muster.credentials.harden()).toMatchObject({
    hardened: 0,
    refused: [{ userId: id, scheme: "bcrypt", reason: "Its cost is 31, outside 4 to 15." }],
  });
  expect(storedHash(file, id)).toBe(broken);
});

test("options that make no sense are refused", async () => {
  const muster = await anInstance(aFile());
  for (const options of [{ limit: 0 }, { limit: 1_001 }, { limit: 1.5 }, { wrapp: true } as HardenOptions]) {
    expect(await outcome(muster.credentials.harden(options))).toBe("invalid_input");
  }
  expect(await muster.credentials.harden()).toEqual({ checked: 0, hardened: 0, schemes: {}, refused: [], next: null });
});
