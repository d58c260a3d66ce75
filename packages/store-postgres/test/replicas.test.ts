import type { Storage, UserSelection } from "@muster/core/ports";
import { anAuditEvent, aUser, insertUsers, storageContract } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KyselyTransaction, type PostgresOptions, postgresStore } from "../src/index.ts";
import { anyDatabase, emptySchemas, withClient } from "./postgres.ts";
import { type RecordingPool, recordingPool } from "./recording-pool.ts";
import { startServer, type TestServer, type TestStandby } from "./server/server.ts";

let primary: TestServer;
let standby: TestStandby;
let url = "";
beforeAll(async () => {
  primary = await startServer();
  standby = await primary.replicate();
  url = primary.urlOf("postgres");
});
afterAll(() => primary.end());

let schemas = 0;
const newSchema = (): string => `replicated_${++schemas}`;

const onStandby = (sql: string): Promise<unknown> =>
  withClient(standby.urlOf("postgres"), (client) => client.query(sql));
const pause = (): Promise<unknown> => onStandby("select pg_wal_replay_pause()");
const resume = (): Promise<unknown> => onStandby("select pg_wal_replay_resume()");
/** How long a replica that was behind is left alone. */
const rested = (): Promise<void> => new Promise((go) => setTimeout(go, 1_050));

const everyone: UserSelection = {
  where: { kind: "all", of: [] },
  sortBy: "createdAt",
  descending: true,
  limit: 50,
};
const listed = (storage: Storage<KyselyTransaction>): Promise<readonly string[]> =>
  Effect.runPromise(Effect.map(storage.users.list("acme", everyone), (users) => users.map(({ id }) => id)));
const insert = (storage: Storage<KyselyTransaction>, id: string): Promise<unknown> =>
  Effect.runPromise(storage.transact(({ users }) => users.insert("acme", aUser({ id }))));

interface Cluster {
  readonly storage: Storage<KyselyTransaction>;
  readonly schema: string;
  /** How many statements about users or events were sent to the replica since it was last asked. */
  readonly takenByReplica: () => number;
}

const onCluster = async (body: (cluster: Cluster) => Promise<void>): Promise<void> => {
  const schema = newSchema();
  const pool: RecordingPool = recordingPool(standby.urlOf("postgres"));
  const takenByReplica = (): number => pool.take().filter(({ text }) => text.includes("muster_")).length;
  const open = postgresStore({ connectionString: url, schema, replicas: [{ pool }] }).open;
  await Effect.runPromise(
    Effect.scoped(Effect.flatMap(open, (storage) => Effect.promise(() => body({ storage, schema, takenByReplica })))),
  );
  await pool.end();
};

/** A replica follows in its own time: what needs it to be there asks until it is. */
const untilTaken = async ({ storage, takenByReplica }: Cluster): Promise<void> => {
  takenByReplica();
  for (let patience = 0; patience < 100; patience++) {
    await listed(storage);
    if (takenByReplica() > 0) return;
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error("The replica was never asked.");
};

describe("lists with a replica", () => {
  it("of users and events, and counts, are read from it; nothing else is", () =>
    onCluster(async (cluster) => {
      const { storage, takenByReplica } = cluster;
      await Effect.runPromise(insertUsers(storage, "acme", [aUser({ id: "jane", username: "jane" })]));
      await Effect.runPromise(storage.transact(({ audit }) => audit.append("acme", anAuditEvent())));
      await untilTaken(cluster);
      const { users, audit, sessions, credentials, keys, accessChanges } = storage;
      const cases: readonly (readonly [number, Effect.Effect<unknown, unknown>])[] = [
        [1, users.list("acme", everyone)],
        [1, users.count("acme", everyone.where)],
        [1, audit.list("acme", { limit: 10 })],
        [0, users.find("acme", "jane")],
        [0, users.findByIdentifier("acme", "jane")],
        [0, sessions.findHolder("acme", "session", new Date())],
        [0, sessions.list("acme", "jane", new Date(), 10)],
        [0, credentials.findCandidate("acme", "jane")],
        [0, keys.list()],
        [0, accessChanges.since(0)],
        [0, storage.transact((inside) => inside.users.list("acme", everyone))],
        [0, storage.check()],
      ];
      for (const [statements, call] of cases) {
        await Effect.runPromise(call);
        expect(takenByReplica()).toBe(statements);
      }
    }));

  it("show what was just written, by this process or another, also while the replica stands still", () =>
    onCluster(async (cluster) => {
      const { storage, schema, takenByReplica } = cluster;
      await insert(storage, "ann");
      await untilTaken(cluster);
      await pause();
      try {
        await insert(storage, "ben");
        expect(await listed(storage)).toEqual(["ben", "ann"]);
        await rested();
        const other = postgresStore({ connectionString: url, schema }).open;
        await Effect.runPromise(
          Effect.scoped(Effect.flatMap(other, (elsewhere) => Effect.promise(() => insert(elsewhere, "cem")))),
        );
        expect(await listed(storage)).toEqual(["cem", "ben", "ann"]);
        expect(takenByReplica()).toBe(0);
      } finally {
        await resume();
      }
      await untilTaken(cluster);
      expect(await listed(storage)).toEqual(["cem", "ben", "ann"]);
    }));

  it("show each of a hundred writes to whoever lists right after it", () =>
    onCluster(async (cluster) => {
      const { storage, takenByReplica } = cluster;
      await untilTaken(cluster);
      let taken = 0;
      for (let count = 1; count <= 100; count++) {
        await insert(storage, `user ${count}`);
        expect(await Effect.runPromise(storage.users.count("acme", everyone.where))).toBe(count);
        taken += takenByReplica();
      }
      console.log(`${taken} of 100 counts right after a write were read from the replica`);
      expect(taken).toBeGreaterThan(0);
    }));

  it("come from the primary while the replica is down, and from it again when it is back", () =>
    onCluster(async (cluster) => {
      const { storage } = cluster;
      await insert(storage, "ann");
      await untilTaken(cluster);
      await standby.crash();
      for (let count = 0; count < 5; count++) expect(await listed(storage)).toEqual(["ann"]);
      await standby.start();
      await untilTaken(cluster);
    }));

  it("come from the primary when the replica is the primary itself", async () => {
    const pool = recordingPool(url);
    const options: PostgresOptions = { connectionString: url, schema: newSchema(), replicas: [{ pool }] };
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(postgresStore(options).open, (storage) =>
          Effect.promise(async () => {
            await insert(storage, "ann");
            expect(await listed(storage)).toEqual(["ann"]);
          }),
        ),
      ),
    );
    expect(pool.take().filter(({ text }) => text.includes("muster_"))).toEqual([]);
    await pool.end();
  });
});

describe("opening with replicas", () => {
  const refusal = (replicas: unknown) =>
    Effect.runPromise(
      Effect.flip(
        Effect.scoped(postgresStore({ connectionString: url, schema: newSchema(), replicas } as PostgresOptions).open),
      ),
    );

  it("is refused when one of them is no replica of this database", async () => {
    expect(await refusal([{ connectionString: await anyDatabase() }])).toMatchObject({
      _tag: "InvalidConfiguration",
      message: "postgresStore: replicas[0]: it leads to another database, to no replica of this one.",
    });
  });

  it.each([
    ["no list", {}, "replicas is a list"],
    ["a text", ["postgres://x"], "replicas[0]: it is an object"],
    [
      "nothing to connect to",
      [{ connectionString: "postgres://x" }, {}],
      "replicas[1]: it takes either pool or connectionString",
    ],
  ])("is refused in a sentence when they are %s", async (_, replicas, sentence) => {
    expect(await refusal(replicas)).toMatchObject({
      _tag: "InvalidConfiguration",
      message: `postgresStore: ${sentence}.`,
    });
  });

  it("goes on when one of them is down", async () => {
    const options = { connectionString: url, schema: newSchema() };
    const replicas = [{ connectionString: "postgres://nobody@127.0.0.1:1/x" }];
    const count = Effect.scoped(
      Effect.flatMap(postgresStore({ ...options, replicas }).open, ({ users }) => users.count("acme", everyone.where)),
    );
    expect(await Effect.runPromise(count)).toBe(0);
  });
});

describe("a PostgreSQL database with a replica", () => {
  const emptySchema = emptySchemas(async () => url);
  // What a list means is the same on any server; these write and list in turns.
  const rooms = new Set(["cursors", "counts", "audit"]);
  storageContract({
    describe: (about, define) => {
      if (rooms.has(about)) describe(about, define);
    },
    it,
    open: async () =>
      postgresStore({
        connectionString: url,
        schema: await emptySchema(),
        replicas: [{ connectionString: standby.urlOf("postgres") }],
      }),
  });
});
