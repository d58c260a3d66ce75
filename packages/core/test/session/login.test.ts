import * as Effect from "effect/Effect";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { TooBusy } from "../../src/errors.ts";
import type { Muster } from "../../src/muster.ts";
import { quickHasher, realHasher, watchedHasher } from "../doubles/hashers.ts";
import { failureOf, outcomeOf, password, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { watchedStore } from "../doubles/watched-store.ts";

const argon2 = realHasher();
afterAll(() => Effect.runPromise(argon2.close));

const allOf = (error: unknown): unknown =>
  error instanceof Error
    ? { kind: error.constructor, name: error.name, message: error.message, cause: error.cause, fields: { ...error } }
    : error;

describe.each(stores)("logging in on $name", ({ open }) => {
  const hasher = watchedHasher(argon2);
  beforeEach(() => {
    hasher.reset();
    hasher.refuse = {};
    hasher.afterVerify = undefined;
  });
  const withRealHasher = () => started({ store: open(), ports: { passwordHasher: hasher } });

  it.each([
    ["the username", "kate.Müller"],
    ["the username in capitals", "KATE.MÜLLER"],
    ["the username with a Kelvin sign", "\u212Aate.Müller"],
    ["the username in full-width letters", "ｋａｔｅ.müller"],
    ["the username with a combining mark", "kate.Mu\u0308ller"],
    ["the username between spaces", "  kate.Müller\n"],
    ["the email", "Kate@Bücher.example"],
    ["the email in capitals", "KATE@BÜCHER.EXAMPLE"],
    ["the email with its domain in ASCII", "kate@xn--bcher-kva.example"],
    ["the email between spaces", " kate@bücher.example "],
  ])("takes %s", async (_what, login) => {
    const muster = await started({ store: open() });
    const kate = await muster.users.create({ username: "kate.Müller", email: "Kate@Bücher.example", password });
    const { accessToken, sessionId, tokenType, expiresIn } = await muster.sessions.login({ login, password });
    expect(tokenType).toBe("Bearer");
    expect(expiresIn).toBe(900);
    expect(await muster.sessions.authenticate(accessToken)).toMatchObject({ userId: kate.id, sessionId });
  });

  it("answers one and the same error after the same work, whoever may not log in", async () => {
    const muster = await withRealHasher();
    await muster.users.create({ username: "known", email: "known@users.example", password });
    await muster.users.create({ username: "pending", password, status: "pending" });
    await muster.users.create({ username: "disabled", password, status: "disabled" });
    await muster.users.create({ username: "bare" });
    const deleted = await muster.users.create({ username: "deleted", password });
    await muster.users.delete(deleted.id);
    const attempts = [
      { login: "unknown", password },
      { login: "unknown@users.example", password },
      { login: "known", password: "correct horse batterz" },
      { login: "known@users.example", password: `${password} ` },
      { login: "known", password: "" },
      { login: "unknown", password: "" },
      { login: "known", password: "a".repeat(4_096) },
      { login: "unknown", password: "a".repeat(4_096) },
      { login: "known", password: "\ud800".repeat(9) },
      { login: "pending", password },
      { login: "disabled", password },
      { login: "deleted", password },
      { login: "bare", password },
      { login: "", password },
      { login: "a\u0000b", password },
      { login: "\ud800", password },
      { login: "a".repeat(10_000), password },
    ];
    const first = allOf(await failureOf(muster.sessions.login({ login: "nobody", password })));
    for (const attempt of attempts) {
      hasher.reset();
      expect(allOf(await failureOf(muster.sessions.login(attempt))), attempt.login.slice(0, 20)).toStrictEqual(first);
      const { hash, verify, verifyNothing } = hasher.calls;
      expect([hash, verify + verifyNothing], attempt.login.slice(0, 20)).toEqual([0, 1]);
    }
    expect(first).toMatchObject({ fields: { _tag: "InvalidCredentials", code: "invalid_credentials" } });
  });

  it("refuses a password beyond any limit without work, for known and unknown logins alike", async () => {
    const store = watchedStore(open());
    const muster = await started({ store, ports: { passwordHasher: hasher } });
    await muster.users.create({ username: "known", password });
    hasher.reset();
    store.statements.length = 0;
    const long = "a".repeat(1_048_576);
    const errors = [
      await failureOf(muster.sessions.login({ login: "known", password: long })),
      await failureOf(muster.sessions.login({ login: "unknown", password: long })),
    ].map(allOf);
    expect(errors[0]).toStrictEqual(errors[1]);
    expect(errors[0]).toMatchObject({ fields: { issues: [{ field: "password", rule: "max_length" }] } });
    expect(hasher.calls).toEqual({ hash: 0, verify: 0, verifyNothing: 0 });
    expect(store.statements).toEqual([]);
  });

  it("lets in with the longest password that a policy may allow", async () => {
    const muster = await started({ store: open(), passwords: { maxLength: 4_096, allowGuessable: true } });
    const longest = "🔐".repeat(4_096);
    await muster.users.create({ username: "long", password: longest });
    expect(await outcomeOf(muster.sessions.login({ login: "long", password: longest }))).toBe("success");
    expect(await outcomeOf(muster.sessions.login({ login: "long", password: longest.slice(2) }))).toBe(
      "InvalidCredentials",
    );
  });

  const gaps: readonly (readonly [string, (muster: Muster, id: string) => Promise<unknown>])[] = [
    ["is disabled", (muster, id) => muster.users.disable(id)],
    ["is deleted", (muster, id) => muster.users.delete(id)],
    ["gets another password", (muster, id) => muster.users.setPassword(id, "another horse battery")],
    [
      "is deleted and purged",
      async (muster, id) => {
        await muster.users.delete(id);
        await muster.users.purge(id);
      },
    ],
  ];
  it.each(gaps)("opens no session for a user who %s while the password is checked", async (_what, change) => {
    const muster = await withRealHasher();
    const { id } = await muster.users.create({ username: "jane", password });
    hasher.afterVerify = () => change(muster, id);
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    expect(await muster.sessions.list(id)).toEqual([]);
    const started = await muster.audit.list({ type: "session.started" });
    expect(started.items).toEqual([]);
  });

  it("counts the logins of many callers at once and leaves version and updatedAt alone", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock } });
    const before = await muster.users.create({ username: "jane", password });
    clock.advance(60_000);
    const sessions = await Promise.all(
      Array.from({ length: 50 }, () => muster.sessions.login({ login: "jane", password })),
    );
    expect(new Set(sessions.map(({ sessionId }) => sessionId)).size).toBe(50);
    const after = await muster.users.get(before.id);
    const at = new Date(clock.now());
    expect(after).toEqual({ ...before, loginCount: 50, firstLoginAt: at, lastLoginAt: at });
    clock.advance(60_000);
    await muster.sessions.login({ login: "jane", password });
    const last = await muster.users.get(before.id);
    expect(last).toEqual({ ...before, loginCount: 51, firstLoginAt: at, lastLoginAt: new Date(clock.now()) });
  });

  it("hashes a password anew at the first login after the parameters changed, and once", async () => {
    const store = open();
    const earlier = await started({ store, ports: { passwordHasher: argon2 } });
    await earlier.users.create({ username: "jane", password });
    const parameters = { now: "old" };
    const heavier = watchedHasher({ ...argon2, isOutdated: () => parameters.now === "old" });
    const muster = await started({ store, ports: { passwordHasher: heavier } });
    await failureOf(muster.sessions.login({ login: "jane", password: "correct horse batterz" }));
    expect(heavier.calls.hash).toBe(0);
    await muster.sessions.login({ login: "jane", password });
    expect(heavier.calls.hash).toBe(1);
    parameters.now = "new";
    await muster.sessions.login({ login: "jane", password });
    expect(heavier.calls.hash).toBe(1);
  });

  it("lets everybody in who logs in while a password is hashed anew, and replaces the hash once", async () => {
    const module = open();
    const earlier = await started({ store: module });
    const { id } = await earlier.users.create({ username: "jane", password });
    const store = watchedStore(module);
    const muster = await started({ store, ports: { passwordHasher: quickHasher(2) } });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(muster.sessions.login({ login: "jane", password }))),
    );
    expect(outcomes.filter((outcome) => outcome !== "success")).toEqual([]);
    const replaced = store.statements.filter(({ name, answer }) => name === "credentials.replace" && answer === true);
    expect(replaced).toHaveLength(1);
    expect((await muster.users.get(id)).loginCount).toBe(50);
  });

  it("lets in although there is no room to hash the password anew", async () => {
    const store = open();
    const earlier = await started({ store });
    await earlier.users.create({ username: "jane", password });
    const busy = watchedHasher(quickHasher(2));
    busy.refuse = { hash: new TooBusy({ retryAfterSeconds: 1 }) };
    const muster = await started({ store, ports: { passwordHasher: busy } });
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("success");
    expect(busy.calls.hash).toBe(1);
  });

  it("says when too many passwords wait, to known and unknown logins alike", async () => {
    const muster = await withRealHasher();
    await muster.users.create({ username: "known", password });
    hasher.refuse = { verify: new TooBusy({ retryAfterSeconds: 3 }) };
    const errors = [
      await failureOf(muster.sessions.login({ login: "known", password })),
      await failureOf(muster.sessions.login({ login: "unknown", password })),
    ];
    expect(errors).toMatchObject([
      { _tag: "TooBusy", retryAfterSeconds: 3 },
      { _tag: "TooBusy", retryAfterSeconds: 3 },
    ]);
  });

  it("keeps what the client says of itself short, printable and well-formed", async () => {
    const muster = await started({ store: open() });
    const { id } = await muster.users.create({ username: "jane", password });
    const client = { address: `::1\u0000${"9".repeat(99)}`, userAgent: `curl\r\n\u001b[31m${"a".repeat(499)}🔐🔐🔐` };
    await muster.sessions.login({ login: "jane", password, client });
    const [session] = await muster.sessions.list(id);
    expect(session?.client.address).toBe(`::1 ${"9".repeat(41)}`);
    expect(session?.client.userAgent).toMatch(/^curl {3}\[31ma+/);
    expect(session?.client.userAgent?.isWellFormed()).toBe(true);
    expect(session?.client.userAgent?.length).toBeLessThanOrEqual(512);
  });

  it.each([
    null,
    1,
    "jane",
    [],
    {},
    { login: "jane" },
    { login: { $ne: "" }, password },
    { login: "jane", password: 1 },
  ])("refuses %j in place of credentials", async (credentials) => {
    const muster = await started({ store: open() });
    await muster.users.create({ username: "jane", password });
    expect(await outcomeOf(muster.sessions.login(credentials as never))).toBe("InvalidInput");
  });

  it("finds nobody of another tenant", async () => {
    const muster = await started({ store: open() });
    await muster.tenant("acme").users.create({ username: "jane", password });
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    expect(await outcomeOf(muster.tenant("acme").sessions.login({ login: "jane", password }))).toBe("success");
  });
});
