import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { abandonMove, type MoveProgress, moveStore, switchableStore } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { anyDatabase, withClient } from "../postgres.ts";
import { type Kind, newSides, openMuster, type Side } from "./sides.ts";

const newSide = newSides();
const kinds: readonly Kind[] = ["SQLite", "PostgreSQL"];

const peopled = async (kind: Kind, ...usernames: readonly string[]): Promise<Side> => {
  const side = await newSide(kind);
  const muster = await openMuster(side.store);
  for (const username of usernames) await muster.users.create({ username });
  await muster.close();
  return side;
};

const usernames = async ({ store }: Side): Promise<readonly (string | null)[]> => {
  const muster = await openMuster(store);
  const { items } = await muster.users.list({ sort: "username" });
  await muster.close();
  return items.map(({ username }) => username);
};

/** Stops a move when it gets to a phase. */
const stoppedAt = async (phase: MoveProgress["phase"], from: Side, to: Side): Promise<void> => {
  const stop = new AbortController();
  const move = moveStore({
    from: from.store,
    to: to.store,
    signal: stop.signal,
    onProgress: (progress) => {
      if (progress.phase === phase) stop.abort();
    },
  });
  await expect(move).rejects.toMatchObject({ code: "move_stopped" });
};

describe.each(kinds)("from %s", (kind) => {
  it("a dry run counts what there is, says what is in the way, and writes nothing", async () => {
    const [from, file] = [await peopled(kind, "jane", "joe"), await newSide("SQLite")];
    const seen = await moveStore({ from: from.store, to: file.store, dryRun: true });
    expect(seen.hindrances).toEqual([]);
    expect(seen.tables.find(({ table }) => table === "muster_users")).toEqual({ table: "muster_users", rows: 2 });
    expect(existsSync(file.place[0] ?? "")).toBe(false);

    const full = await peopled("PostgreSQL", "jim");
    const { hindrances } = await moveStore({ from: from.store, to: full.store, dryRun: true });
    expect(hindrances).toEqual(["The database to move to is not empty: there are rows in muster_users."]);
    expect(await usernames(from)).toEqual(["jane", "joe"]);
  });

  it("a move that is stopped goes on when it is called again, and processes start and write meanwhile", async () => {
    const [from, to] = [await peopled(kind, "jane"), await newSide("PostgreSQL")];
    await stoppedAt("verify", from, to);
    const muster = await openMuster(from.store);
    await muster.users.create({ username: "joe" });
    await muster.close();
    await expect(openMuster(to.store)).rejects.toMatchObject({
      message: expect.stringContaining("a move into it is not finished"),
    });
    await moveStore({ from: from.store, to: to.store });
    expect(await usernames(to)).toEqual(["jane", "joe"]);
  });

  it("a move that is abandoned leaves the old database as it was and the new one empty", async () => {
    const [from, to] = [await peopled(kind, "jane"), await newSide("PostgreSQL")];
    await stoppedAt("verify", from, to);
    await abandonMove({ from: from.store, to: to.store });
    expect(await usernames(from)).toEqual(["jane"]);
    expect(await usernames(to)).toEqual([]);
    await expect(abandonMove({ from: from.store, to: to.store })).rejects.toMatchObject({ code: "move_refused" });
  });

  it("what was moved can be moved back into the database it came from", async () => {
    const [from, to] = [await peopled(kind, "jane"), await newSide("SQLite")];
    await moveStore({ from: from.store, to: to.store });
    const muster = await openMuster(to.store);
    await muster.users.create({ username: "joe" });
    await muster.close();
    await expect(moveStore({ from: from.store, to: to.store })).rejects.toMatchObject({ code: "source_moved" });
    await moveStore({ from: to.store, to: from.store });
    expect(await usernames(from)).toEqual(["jane", "joe"]);
    await expect(usernames(to)).rejects.toMatchObject({ message: expect.stringContaining("was moved") });
  });

  it("a database that was moved can be taken into use again by abandoning the move", async () => {
    const [from, to] = [await peopled(kind, "jane"), await newSide("SQLite")];
    await moveStore({ from: from.store, to: to.store });
    await abandonMove({ from: from.store });
    const muster = await openMuster(from.store);
    await muster.users.create({ username: "joe" });
    await muster.close();
    expect(await usernames(from)).toEqual(["jane", "joe"]);
  });

  it("a process that runs on the old database trusts no token and writes nothing a second after the move", async () => {
    const [from, to] = [await peopled(kind), await newSide("SQLite")];
    const stale = await openMuster(from.store);
    const password = "correct horse battery staple";
    await stale.users.create({ username: "jane", status: "enabled", password });
    const { accessToken } = await stale.sessions.login({ login: "jane", password });
    await stale.sessions.authenticate(accessToken);
    await moveStore({ from: from.store, to: to.store });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const moved = {
      code: "store_unavailable",
      message: "The database is not available: it was moved to another database.",
    };
    await expect(stale.sessions.authenticate(accessToken)).rejects.toMatchObject(moved);
    await expect(stale.users.create({ username: "joe" })).rejects.toMatchObject(moved);
    await stale.close();
  });
});

describe("a move is refused in a sentence when", () => {
  const refused = (from: Side, to: Side) => expect(moveStore({ from: from.store, to: to.store })).rejects;

  it.each(kinds)("the %s database to move to is not empty", async (kind) => {
    await refused(await peopled("SQLite", "jane"), await peopled(kind, "joe")).toMatchObject({
      code: "target_not_empty",
      message: "The database to move to is not empty: there are rows in muster_users.",
    });
  });

  it("both are one and the same", async () => {
    const side = await peopled("SQLite", "jane");
    await refused(side, side).toMatchObject({ code: "target_not_empty" });
    // Empty but for what is made when it is opened.
    const bare = await newSide("PostgreSQL");
    await Effect.runPromise(Effect.scoped(bare.store.open));
    await refused(bare, bare).toMatchObject({ message: "The database to move from is the one to move to." });
    await Effect.runPromise(Effect.scoped(bare.store.open));
  });

  it("there is nothing to move", async () => {
    await refused(await newSide("SQLite"), await newSide("SQLite")).toMatchObject({ code: "move_refused" });
    await refused(await newSide("PostgreSQL"), await newSide("SQLite")).toMatchObject({ code: "move_refused" });
  });

  it("one of them is in memory", async () => {
    const memory = sqliteStore(":memory:");
    const side = await peopled("SQLite", "jane");
    await expect(moveStore({ from: side.store, to: memory })).rejects.toMatchObject({ code: "invalid_configuration" });
  });

  it("another move into the database to move to was begun", async () => {
    const [from, other, to] = [
      await peopled("SQLite", "jane"),
      await peopled("SQLite", "joe"),
      await newSide("SQLite"),
    ];
    await stoppedAt("verify", from, to);
    await refused(other, to).toMatchObject({ code: "move_refused", message: expect.stringContaining("abandon") });
    const third = await newSide("SQLite");
    await refused(from, third).toMatchObject({ message: expect.stringContaining("abandon") });
    expect(await usernames(third)).toEqual([]);
  });

  it("the database to move to was moved away and holds users of another installation", async () => {
    const [from, other] = [await peopled("SQLite", "jane"), await peopled("SQLite", "joe")];
    await moveStore({ from: other.store, to: (await newSide("SQLite")).store });
    await refused(from, other).toMatchObject({ message: expect.stringContaining("another installation") });
  });
});

describe.each(kinds)(
  "a row of %s that is altered behind the move's back is named, and the old database goes on:",
  (kind) => {
    /** Alters the target when its rows are about to be compared. */
    const altering = async (sql: string) => {
      const [from, to] = [await peopled("SQLite", "jane", "joe"), await newSide(kind)];
      await stoppedAt("verify", from, to);
      const [place = "", schema = ""] = to.place;
      if (kind === "PostgreSQL") {
        await withClient(await anyDatabase(), (client) => client.query(`set search_path = "${schema}"; ${sql}`));
      } else {
        const database = new DatabaseSync(place);
        database.exec(sql);
        database.close();
      }
      const move = moveStore({ from: switchableStore(from.store), to: to.store });
      return { failure: await move.catch((error) => error), names: await usernames(from) };
    };
    const user = expect.stringMatching(/^\{"tenant":"default","seq":\d+\}$/);

    it.each([
      ["one that is different", "update muster_users set version = 7 where username_key = 'joe'", "different", user],
      [
        "one that is missing",
        "delete from muster_user_identifiers where canonical = 'joe'",
        "missing",
        expect.anything(),
      ],
      [
        "one that is there in addition",
        "insert into muster_user_identifiers (tenant, canonical, user_seq) values ('default', 'jim', 1)",
        "surplus",
        '{"tenant":"default","canonical":"jim"}',
      ],
    ])("%s", async (_, sql, difference, key) => {
      const { failure, names } = await altering(sql);
      expect(failure).toMatchObject({ code: "stores_differ", kind: difference, key });
      expect(names).toEqual(["jane", "joe"]);
    });
  },
);
