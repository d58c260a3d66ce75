import type { Muster } from "@muster/core";
import { moveStore, switchableStore } from "@muster/store-kysely/move";
import { describe, expect, it } from "vitest";
import { brokenIn, type Kind, newSides, openMuster } from "./sides.ts";

const newSide = newSides();
const password = "correct horse battery staple";

const directions: readonly (readonly [Kind, Kind])[] = [
  ["SQLite", "PostgreSQL"],
  ["PostgreSQL", "SQLite"],
  ["SQLite", "SQLite"],
  ["PostgreSQL", "PostgreSQL"],
];

/** Somebody of every kind, in two tenants; two who are logged in. */
const settle = async (muster: Muster) => {
  const acme = muster.tenant("acme");
  const admin = await muster.users.create({ username: "root", role: "admin", status: "enabled", password });
  const jane = await muster.users.create({
    username: "Jane",
    email: "jane@example.com",
    firstName: "Jané 🙂",
    status: "enabled",
    tags: ["b", "a"],
    metadata: { team: "blue", deep: { list: [1, { x: null }, "é"], __proto__x: 1.5e21, yes: true } },
    privateMetadata: { note: "n" },
    ownerId: admin.id,
    password,
  });
  await acme.users.create({ username: "jane", email: "jane@example.com" });
  const gone = await acme.users.create({ username: "gone" });
  await acme.users.delete(gone.id);
  const purged = await muster.users.create({ username: "purged", status: "enabled" });
  await muster.users.delete(purged.id);
  await muster.users.purge(purged.id);
  await muster.users.update(jane.id, { lastName: "Doe" });
  const [first, second] = [
    await muster.sessions.login({ login: "jane@example.com", password }),
    await muster.sessions.login({ login: "root", password }),
  ];
  const refreshed = await muster.sessions.refresh(first.refreshToken);
  await muster.sessions.revokeAll(admin.id);
  return { jane, spent: first.refreshToken, refreshed, revoked: second };
};

const everything = async (muster: Muster) => {
  const of = async (tenant: string) => {
    const { users, audit } = muster.tenant(tenant);
    const people = await users.list({ limit: 100, sort: "lastName" });
    const events = await audit.list({ limit: 100 });
    const found = await users.list({ filter: { search: "jan" } });
    return { people: people.items, events: events.items, found: found.items };
  };
  return { ours: await of("default"), acme: await of("acme"), keys: await muster.publicKeys() };
};

describe.each(directions)("a move from %s to %s", (from, to) => {
  it("keeps every user, login, token, key and event, under the running app and after", async () => {
    const [old, fresh] = [await newSide(from), await newSide(to)];
    const store = switchableStore(old.store);
    const muster = await openMuster(store);
    const { jane, spent, refreshed, revoked } = await settle(muster);
    const before = await everything(muster);

    const report = await moveStore({ from: store, to: fresh.store });

    expect(report.pauseMilliseconds).toBeLessThan(2_000);
    expect(await everything(muster)).toEqual(before);
    // Within the grace of the refresh token the same successor is answered.
    expect((await muster.sessions.refresh(spent)).refreshToken).toBe(refreshed.refreshToken);
    expect((await muster.sessions.authenticate(refreshed.accessToken)).userId).toBe(jane.id);
    await expect(muster.sessions.authenticate(revoked.accessToken)).rejects.toMatchObject({ code: "invalid_token" });
    const next = await muster.sessions.refresh(refreshed.refreshToken);
    await muster.sessions.revokeAll(jane.id);
    await expect(muster.sessions.authenticate(next.accessToken)).rejects.toMatchObject({ code: "invalid_token" });
    await muster.close();

    const after = await openMuster(fresh.store);
    expect((await after.users.list({ filter: { tags: { any: ["a"] } } })).items.map(({ id }) => id)).toEqual([jane.id]);
    const late = await after.users.create({ username: "late", email: "late@example.com", status: "enabled", password });
    for (const [login, id] of [
      ["jane", jane.id],
      ["late", late.id],
    ] as const) {
      const { accessToken } = await after.sessions.login({ login, password });
      expect((await after.sessions.authenticate(accessToken)).userId).toBe(id);
    }
    await after.close();
    expect(await brokenIn(fresh.store)).toEqual([]);
    await expect(openMuster(old.store)).rejects.toMatchObject({
      code: "store_unavailable",
      message: expect.stringMatching(/it was moved to another database at .*Z, which is to be opened in its place\.$/),
    });
  });
});
