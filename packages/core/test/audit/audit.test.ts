import * as Effect from "effect/Effect";
import { describe, expect, test } from "vitest";
import {
  type AuditEvent,
  type AuditQuery,
  type Muster,
  memoryStore,
  type StoreModule,
  StoreUnavailable,
} from "../../src/index.ts";
import type { Storage, Stores } from "../../src/ports/index.ts";
import { stores } from "../doubles/stores.ts";
import { aClock, actingAs, anInstance, aPerson, brokenRules, events, outcome } from "../instance.ts";

const password = "correct horse battery";
const idsOf = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);

/** An in-memory store whose audit log takes no more events once it is told so. */
const storeWithFullLog = () => {
  const state = { isFull: false };
  const unavailable = Effect.fail(new StoreUnavailable({ reason: "the disk is full", retryable: false }));
  const limited = (all: Stores): Stores => ({
    ...all,
    audit: { ...all.audit, append: (tenant, event) => (state.isFull ? unavailable : all.audit.append(tenant, event)) },
  });
  const store: StoreModule = {
    name: "full",
    open: Effect.map(
      memoryStore().open,
      (storage): Storage => ({ ...storage, transact: (body) => storage.transact((all) => body(limited(all))) }),
    ),
  };
  return { store, state };
};

describe.each(stores)("the audit log in the $name store", ({ open }) => {
  test("tells of everything that happened to a user: who, what, when, and never a value", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    const boss = await aPerson(muster, { role: "admin" });
    const admin = actingAs(muster, boss);
    const { id } = await muster
      .as("anonymous")
      .users.create({ username: "secretname", email: "secret@x.example", password });
    const session = await muster.sessions.login({ login: "secretname", password });
    const jane = muster.as(await muster.sessions.authenticate(session.accessToken));
    await jane.users.update(id, { firstName: "Secret", metadata: { secret: "secret" } });
    await admin.users.replaceTags(id, ["secret"]);
    await muster.users.changeOwner(id, "secretowner");
    await admin.users.disable(id);
    await admin.users.delete(id);
    await admin.users.restore(id);
    await admin.users.enable(id);
    await admin.users.delete(id);
    await muster.users.purge(id);
    const told = (await muster.audit.list({ userId: id, limit: 100 })).items;
    const self = { kind: "user", id, sessionId: session.sessionId };
    const by = { kind: "user", id: boss.id, sessionId: expect.any(String) };
    const system = { kind: "system" };
    expect(told.map(({ type, actor, changes }) => [type, actor, changes]).reverse()).toEqual([
      ["user.created", { kind: "anonymous" }, []],
      ["session.started", self, []],
      ["user.updated", self, ["firstName", "metadata"]],
      ["user.tags_replaced", by, ["tags"]],
      ["user.owner_changed", system, ["ownerId"]],
      ["user.disabled", by, ["status"]],
      ["user.deleted", by, ["status", "deletedAt"]],
      ["user.restored", by, ["status", "deletedAt"]],
      ["user.enabled", by, ["status"]],
      ["user.deleted", by, ["status", "deletedAt"]],
      ["user.purged", system, []],
    ]);
    for (const event of told) expect(event.at).toEqual(new Date(clock.now()));
    const text = JSON.stringify(told).replaceAll("secretowner", "secret");
    expect(text).not.toMatch(/secret|argon2|correct horse/i);
  });

  test("has nothing of what was refused", async () => {
    const muster = await anInstance({ store: open() });
    const boss = await aPerson(muster, { role: "admin", username: "boss" });
    const joe = await aPerson(muster);
    const before = await events(muster);
    const refused: readonly (readonly [() => Promise<unknown>, string])[] = [
      [() => muster.users.create({ username: "boss" }), "UsernameTaken"],
      [() => muster.users.create({ username: "" }), "InvalidInput"],
      [() => muster.users.update(joe.id, { firstName: "x" }, { version: 9 }), "VersionMismatch"],
      [() => muster.users.changeUsername(joe.id, "boss"), "UsernameTaken"],
      [() => muster.users.disable(boss.id), "LastAdmin"],
      [() => muster.users.enable(joe.id), "IllegalTransition"],
      [() => actingAs(muster, joe).users.disable(boss.id), "Forbidden"],
      [() => actingAs(muster, joe).users.changePassword("x", password), "InvalidCredentials"],
      [() => muster.users.purge("nobody"), "UserNotFound"],
      [() => muster.sessions.login({ login: "boss", password }), "InvalidCredentials"],
      [() => muster.users.setPassword(joe.id, "short"), "InvalidInput"],
    ];
    for (const [call, expected] of refused) expect(await outcome(call())).toBe(expected);
    expect(await events(muster)).toEqual(before);
  });

  test("is read newest first, page by page, everything once", async () => {
    const muster = await anInstance({ store: open() });
    for (let index = 0; index < 25; index++) await aPerson(muster);
    const all = idsOf((await muster.audit.list({ limit: 100 })).items);
    expect(all).toEqual([...all].sort().reverse());
    expect(all).toHaveLength(25);
    expect((await muster.audit.list()).items).toHaveLength(20);
    const walked: string[] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page: Awaited<ReturnType<Muster["audit"]["list"]>> = await muster.audit.list({
        limit: 10,
        ...(cursor !== undefined && { cursor }),
      });
      walked.push(...idsOf(page.items));
      await aPerson(muster);
      cursor = page.nextCursor;
    }
    expect(walked).toEqual(all);
  });

  test("is narrowed by user, actor, type and time, all of them holding", async () => {
    const clock = aClock();
    const muster = await anInstance({ store: open(), ports: { clock } });
    const boss = await aPerson(muster, { role: "admin" });
    const admin = actingAs(muster, boss);
    clock.wait(1_000);
    const joe = await aPerson(muster);
    clock.wait(1_000);
    await admin.users.update(joe.id, { firstName: "Joe" });
    await admin.users.update(boss.id, { firstName: "Boss" });
    clock.wait(1_000);
    await muster.users.update(joe.id, { firstName: "Joseph" });
    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + 1_000 * seconds);
    const all = await events(muster);
    const queries: readonly (readonly [AuditQuery, (event: AuditEvent) => boolean, number])[] = [
      [{ userId: joe.id }, (event) => event.userId === joe.id, 3],
      [{ actorId: boss.id }, (event) => event.actor.kind === "user" && event.actor.id === boss.id, 2],
      [{ type: "user.updated" }, (event) => event.type === "user.updated", 3],
      [{ after: at(1) }, (event) => event.at > at(1), 3],
      [{ before: at(2) }, (event) => event.at < at(2), 2],
      [{ after: at(0), before: at(2) }, (event) => event.at > at(0) && event.at < at(2), 1],
      [
        { userId: joe.id, actorId: boss.id, type: "user.updated", after: at(1), before: at(3) },
        (event) => event.userId === joe.id && event.actor.kind === "user",
        1,
      ],
      [{ userId: "nobody" }, () => false, 0],
    ];
    for (const [query, holds, count] of queries) {
      const found = (await muster.audit.list(query)).items;
      expect(found).toEqual(all.filter(holds));
      expect(found).toHaveLength(count);
    }
  });

  test("is another in every tenant", async () => {
    const muster = await anInstance({ store: open() });
    await aPerson(muster.tenant("acme"));
    expect(await events(muster)).toEqual([]);
    expect((await muster.tenant("acme").audit.list()).items).toHaveLength(1);
  });

  test("a cursor is good for its own query only", async () => {
    const muster = await anInstance({ store: open() });
    for (let index = 0; index < 3; index++) await aPerson(muster);
    const cursor = (await muster.audit.list({ limit: 1, type: "user.created" })).nextCursor ?? "";
    expect(await outcome(muster.audit.list({ type: "user.created", cursor }))).toBe("ok");
    for (const call of [
      () => muster.audit.list({ cursor }),
      () => muster.audit.list({ type: "user.updated", cursor }),
      () => muster.tenant("acme").audit.list({ type: "user.created", cursor }),
      () => muster.users.list({ cursor }),
      () => muster.audit.list({ type: "user.created", cursor: `${cursor}A` }),
    ]) {
      expect(await brokenRules(call())).toEqual(["cursor: cursor"]);
    }
  });
});

test("a query for events that breaks a rule says where", async () => {
  const muster = await anInstance();
  const broken: readonly (readonly [object, string])[] = [
    [{ limit: 0 }, "limit: range"],
    [{ limit: 101 }, "limit: range"],
    [{ after: new Date(Number.NaN) }, "after: type"],
    [{ before: "2026-01-01" }, "before: type"],
    [{ type: "user.exploded" }, "type: type"],
    [{ userId: "a b" }, "userId: user_id"],
    [{ actorId: "\u0000" }, "actorId: user_id"],
    [{ user: "x" }, "user: unknown_key"],
  ];
  for (const [query, expected] of broken) expect(await brokenRules(muster.audit.list(query))).toEqual([expected]);
});

test("what cannot be told is not done: without its event no change is kept", async () => {
  const { store, state } = storeWithFullLog();
  const muster = await anInstance({ store });
  await aPerson(muster, { role: "admin" });
  const jane = await muster.users.create({ username: "jane", email: "jane@x.example", password });
  const gone = await muster.users.delete((await aPerson(muster)).id);
  const before = await muster.users.list({ total: "exact" });
  state.isFull = true;
  const changes: readonly (() => Promise<unknown>)[] = [
    () => muster.users.create({ username: "joe" }),
    () => muster.users.update(jane.id, { firstName: "x" }),
    () => muster.users.replaceTags(jane.id, ["x"]),
    () => muster.users.changeEmail(jane.id, "x@x.example"),
    () => muster.users.changeUsername(jane.id, "x"),
    () => muster.users.changeOwner(jane.id, "x"),
    () => muster.users.setRole(jane.id, "admin"),
    () => muster.users.setPassword(jane.id, `${password}!`),
    () => muster.users.disable(jane.id),
    () => muster.users.delete(jane.id),
    () => muster.users.restore(gone.id),
    () => muster.users.purge(gone.id),
    () => muster.sessions.login({ login: "jane", password }),
  ];
  for (const change of changes) expect(await outcome(change())).toBe("StoreUnavailable");
  expect(await muster.users.list({ total: "exact" })).toEqual(before);
  state.isFull = false;
  expect(await outcome(muster.sessions.login({ login: "jane", password }))).toBe("ok");
  expect(await muster.sessions.list(jane.id)).toHaveLength(1);
});
