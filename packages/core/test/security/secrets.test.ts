import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { Muster } from "../../src/muster.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import type { SessionTokens } from "../../src/session/session.ts";
import { realHasher } from "../doubles/hashers.ts";
import { onStore, outcomeOf, started } from "../doubles/running.ts";
import { cellsOf, dropTable } from "../doubles/sqlite-file.ts";
import { newFile } from "../doubles/stores.ts";

const argon2 = realHasher();
afterAll(() => Effect.runPromise(argon2.close));

/** Every password of the scenario holds it, right ones, wrong ones and refused ones. */
const mark = "Zq7-ses";
const [old, wrong, next, last] = ["old", "wrong", "next", "last"].map((word) => `${mark}ame ${word} horse`) as [
  string,
  string,
  string,
  string,
];

/** All that an error or an answer says, however it is looked at. */
const shown = (value: unknown): string =>
  [
    inspect(value, { depth: 20, showHidden: true, getters: true }),
    JSON.stringify(value) ?? "",
    value instanceof Error ? `${value}\n${value.stack}\n${inspect(value.cause, { depth: 20 })}` : "",
  ].join("\n");

/** Hears everything that is written to the console or to the process's own streams. */
const listening = (): string[] => {
  const lines: string[] = [];
  const hear = (...parts: unknown[]): true => {
    lines.push(parts.map((part) => (typeof part === "string" ? part : shown(part))).join(" "));
    return true;
  };
  const spies = [
    ...(["log", "info", "warn", "error", "debug", "trace", "dir"] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(hear),
    ),
    vi.spyOn(process.stdout, "write").mockImplementation(hear),
    vi.spyOn(process.stderr, "write").mockImplementation(hear),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return lines;
};

interface Heard {
  readonly answers: readonly string[];
  readonly errors: readonly string[];
  /** What must be nowhere: passwords, tokens, hashes. */
  readonly secrets: readonly string[];
  readonly hashes: readonly string[];
  readonly tokens: readonly SessionTokens[];
}

const secretsOf = ({ accessToken, refreshToken }: SessionTokens): readonly string[] => {
  const [, , signature = ""] = accessToken.split(".");
  return [accessToken, signature, refreshToken, refreshToken.slice(-60)];
};

/** A life with every password and token there is, right and wrong, and all that was answered but the tokens themselves. */
const liveThrough = async (muster: Muster, store: StoreModule): Promise<Heard> => {
  const answers: string[] = [];
  const errors: string[] = [];
  const hashes: string[] = [];
  const tokens: SessionTokens[] = [];
  const take = async <A>(call: Promise<A>): Promise<A> => {
    const answer = await call;
    answers.push(shown(answer));
    return answer;
  };
  const fail = async (call: Promise<unknown>): Promise<void> => {
    await call.then(
      () => expect.unreachable(),
      (error: unknown) => errors.push(shown(error)),
    );
  };
  const login = async (password: string): Promise<SessionTokens> => {
    const opened = await muster.sessions.login({ login: "jane", password, client: { userAgent: "curl" } });
    tokens.push(opened);
    return opened;
  };
  const keepHash = async (id: string): Promise<void> => {
    const hash = await onStore(store, ({ credentials }) => credentials.find("default", id));
    hashes.push(Option.getOrElse(hash, () => ""));
  };

  const root = await take(muster.users.create({ username: "root", role: "admin", password: old }));
  const jane = await take(muster.users.create({ username: "jane", email: "jane@users.example", password: old }));
  await keepHash(jane.id);
  await keepHash(root.id);
  await fail(muster.users.create({ username: "joe", password: mark }));
  await fail(muster.users.create({ username: "joe", password: { value: old } as never }));
  await fail(muster.users.create({ username: "joe", password: [old] as never }));
  await fail(muster.users.create({ username: "jane", password: next }));
  await fail(muster.users.create({ username: "joe", password: `${old}\u0000` }));
  await fail(muster.users.create({ username: "joe", password: old.repeat(40) }));
  await fail(muster.users.create({ username: "joe", firstName: `${old}\u0000`, locale: old, role: old as never }));
  for (const attempt of [
    { login: "jane", password: wrong },
    { login: "nobody", password: wrong },
    { login: wrong, password: old },
    { login: "jane", password: old.repeat(1_000) },
    { login: "jane", password: { value: old } },
    { login: "jane", password: old, client: { address: [old] } },
    [old],
    old,
  ]) {
    await fail(muster.sessions.login(attempt as never));
  }

  const first = await login(old);
  const asJane = muster.as(await take(muster.sessions.authenticate(first.accessToken)));
  const second = await muster.sessions.refresh(first.refreshToken);
  const third = await muster.sessions.refresh(second.refreshToken);
  tokens.push(second, third);
  for (const { refreshToken, accessToken } of [second, third]) {
    await fail(muster.sessions.refresh(`${refreshToken}A`));
    await fail(muster.sessions.refresh(accessToken));
    await fail(muster.sessions.refresh({ refreshToken } as never));
    await fail(muster.sessions.authenticate(refreshToken));
    await fail(muster.sessions.authenticate(`${accessToken}A`));
    await fail(muster.sessions.revoke(refreshToken));
    await fail(muster.sessions.revoke([accessToken] as never));
    await fail(muster.users.list({ cursor: accessToken }));
    await fail(muster.users.get(accessToken));
    await fail(muster.audit.list({ cursor: refreshToken, userId: accessToken }));
  }
  await fail(muster.sessions.refresh(first.refreshToken));
  await fail(asJane.users.changePassword(wrong, next));
  await fail(asJane.users.changePassword(old, mark));
  await fail(asJane.users.changePassword({ old } as never, next));
  await fail(asJane.users.setPassword(root.id, next));
  await take(asJane.users.changePassword(old, next));
  await keepHash(jane.id);
  await login(next);
  await take(muster.users.setPassword(jane.id, last));
  await keepHash(jane.id);
  await login(last);
  await take(muster.users.update(jane.id, { metadata: { a: 1 }, privateMetadata: { b: 2 } }));

  await take(muster.users.get(jane.id));
  await take(muster.users.findByEmail("jane@users.example"));
  await take(muster.users.list({ total: "exact" }));
  for await (const user of muster.users.stream()) answers.push(shown(user));
  await take(muster.sessions.list(jane.id));
  await take(muster.audit.list({ limit: 100 }));
  await take(muster.publicKeys());
  await take(muster.keys.list());
  answers.push(shown(muster));
  return { answers, errors, hashes, tokens, secrets: [mark, ...hashes, ...tokens.flatMap(secretsOf)] };
};

const expectNone = (texts: readonly string[], secrets: readonly string[]): void => {
  for (const secret of secrets) {
    for (const text of texts)
      expect(text.includes(secret), `${secret.slice(0, 12)}… in ${text.slice(0, 400)}`).toBe(false);
  }
};

const databases = [
  { name: "memory", open: (): StoreModule => memoryStore() },
  { name: "SQLite", open: () => sqliteStore(newFile()) as StoreModule<never> },
];

describe.each(databases)("passwords, tokens and their hashes, on $name", ({ open }) => {
  it("are in no answer, no error, no audit event and no log line", async () => {
    const lines = listening();
    const store = open();
    const muster = await started({ store, ports: { passwordHasher: argon2 } });
    const heard = await liveThrough(muster, store);
    expect(heard.errors.length).toBeGreaterThan(30);
    expect(heard.hashes.every((hash) => hash.startsWith("$argon2id$"))).toBe(true);
    expectNone([...heard.answers, ...heard.errors, ...lines], heard.secrets);
    // The ear works: what is said is heard.
    Effect.runSync(Effect.logError("a line"));
    expect(lines.some((line) => line.includes("a line"))).toBe(true);
  });
});

it("stand in a SQLite file as hashes only, each in its own column", async () => {
  const file = newFile();
  const store = sqliteStore(file) as StoreModule<never>;
  const muster = await started({ store, ports: { passwordHasher: argon2 } });
  const { hashes, tokens } = await liveThrough(muster, store);
  const cells = cellsOf(file);
  expect(new Set(cells.map(({ table }) => table)).size).toBeGreaterThanOrEqual(8);

  const texts = (secret: string): readonly string[] =>
    cells
      .filter(({ value }) => (Buffer.isBuffer(value) ? value.includes(secret) : String(value).includes(secret)))
      .map(({ table, column }) => `${table}.${column}`);
  for (const secret of [mark, ...tokens.flatMap(secretsOf)]) expect(texts(secret)).toEqual([]);
  const places = new Set(hashes.flatMap(texts));
  expect([...places]).toEqual(["muster_user_credentials.password_hash"]);

  const digests = tokens.map(({ refreshToken }) => createHash("sha256").update(refreshToken).digest());
  const kept = cells.filter(({ value }) => Buffer.isBuffer(value) && digests.some((digest) => digest.equals(value)));
  expect(new Set(kept.map(({ table, column }) => `${table}.${column}`))).toEqual(
    new Set(["muster_sessions.refresh_hash", "muster_sessions.previous_hash"]),
  );

  // Whatever SQLite left lying about in pages no row points to.
  for (const part of [file, `${file}-wal`].filter(existsSync)) {
    const bytes = readFileSync(part);
    for (const secret of [mark, ...tokens.flatMap(secretsOf)]) expect(bytes.includes(secret), part).toBe(false);
  }
});

it("are not in the error of a database that was broken from outside", async () => {
  const lines = listening();
  const file = newFile();
  const muster = await started({ store: sqliteStore(file) as StoreModule<never>, ports: { passwordHasher: argon2 } });
  await muster.users.create({ username: "jane", password: old });
  const tokens = await muster.sessions.login({ login: "jane", password: old });
  dropTable(file, "muster_sessions");
  const calls = [
    () => muster.sessions.login({ login: "jane", password: old }),
    () => muster.sessions.refresh(tokens.refreshToken),
  ];
  for (const call of calls) {
    expect(await outcomeOf(call())).not.toBe("success");
    const error = await call().catch((failure: unknown) => failure);
    expectNone([shown(error), ...lines], [mark, "$argon2id$", ...secretsOf(tokens)]);
  }
  dropTable(file, "muster_user_credentials");
  const error = await muster.users.create({ username: "joe", password: next }).catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(Error);
  expectNone([shown(error), ...lines], [mark, "$argon2id$"]);
});
