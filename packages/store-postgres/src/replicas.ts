import { InvalidConfiguration, type Storage, type StoreUnavailable } from "@muster/core/ports";
import type { Executor } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as Scope from "effect/Scope";
import type { Observer } from "./connection.ts";
import { makeExecutor } from "./executor.ts";
import { makeLending } from "./lending.ts";
import { type ConnectionOptions, type GivenPool, openPool, refusalOfPool } from "./pools.ts";
import { makeReplica, type Position, type Replica, thisDatabase } from "./replica.ts";

/** From which servers lists may be read. */
export interface ReplicasOptions {
  /**
   * Hot standbys of this database, from which lists and counts of users and lists of audit events are read. Each such
   * list sees everything that was committed before it was asked for, whoever wrote it: a replica that is not that far
   * within 50 ms, or does not answer, is left alone for a while and the primary is asked. Everything else, and all of a
   * transaction, is read from the primary.
   */
  readonly replicas?: readonly (GivenPool | ConnectionOptions)[];
}

/** What is wrong with the option, as the end of a sentence; undefined when nothing is. */
export const refusalOfReplicas = (replicas: ReplicasOptions["replicas"] = []): string | undefined => {
  if (!Array.isArray(replicas)) return "replicas is a list";
  for (const [index, each] of replicas.entries()) {
    const refusal = typeof each === "object" && each !== null ? refusalOfPool(each) : "it is an object";
    if (refusal !== undefined) return `replicas[${index}]: ${refusal}`;
  }
  return undefined;
};

/** The stores that have lists. */
type Lists = Pick<Storage, "users" | "audit">;

/** The storage of the primary, with lists from replicas wherever those have what it has. */
export const readingFromReplicas = <Transaction>(
  { replicas: given = [], ...observer }: ReplicasOptions & Observer,
  storage: Storage<Transaction>,
  primary: Executor,
  listsOn: (executor: Executor) => Lists,
): Effect.Effect<Storage<Transaction>, InvalidConfiguration, Scope.Scope> =>
  Effect.gen(function* () {
    if (given.length === 0) return storage;
    const replicas = yield* Effect.forEach(given, (options, index) => opened(options, index, primary, observer));

    let turn = 0;
    const next = (): Replica | undefined => {
      turn = (turn + 1) % replicas.length;
      return [...replicas.slice(turn), ...replicas.slice(0, turn)].find(({ isWorthAsking }) => isWorthAsking());
    };

    const read = <A>(ask: (lists: Lists) => Effect.Effect<A, StoreUnavailable>): Effect.Effect<A, StoreUnavailable> =>
      Effect.gen(function* () {
        const replica = next();
        if (replica === undefined) return yield* ask(storage);
        const position = yield* positionOf(primary);
        const answer = yield* replica.read(position, (executor) => ask(listsOn(executor)));
        return Option.isSome(answer) ? answer.value : yield* ask(storage);
      });

    return {
      ...storage,
      users: {
        ...storage.users,
        list: (tenant, selection) => read(({ users }) => users.list(tenant, selection)),
        count: (tenant, where, atMost) => read(({ users }) => users.count(tenant, where, atMost)),
      },
      audit: { ...storage.audit, list: (tenant, selection) => read(({ audit }) => audit.list(tenant, selection)) },
    };
  });

/** For as long as the scope is open. A replica may be down; what answers must be one. */
const opened = Effect.fnUntraced(function* (
  options: GivenPool | ConnectionOptions,
  index: number,
  primary: Executor,
  observer: Observer,
) {
  const pool = yield* openPool(options);
  const lending = yield* Effect.acquireRelease(Effect.succeed(makeLending(pool, observer)), ({ close }) =>
    Effect.sync(close),
  );
  const isOurs = Effect.zipWith(
    positionOf(primary),
    makeExecutor(lending).first<Pick<Position, "database">>({
      sql: `select ${thisDatabase} as database`,
      parameters: [],
    }),
    (position, found) => position.database === found?.database,
  );
  if (!(yield* Effect.catch(isOurs, () => Effect.succeed(true)))) {
    return yield* new InvalidConfiguration({
      reason: `postgresStore: replicas[${index}]: it leads to another database, to no replica of this one.`,
    });
  }
  return makeReplica(lending);
});

/**
 * Where the log of the primary is: no commit that anybody was told of lies behind it. Without `synchronous_commit` they
 * are told before the log is on the disk.
 */
const positionOf = (primary: Executor): Effect.Effect<Position, StoreUnavailable> =>
  Effect.flatMap(primary.first<Position>({ sql: currentPosition, parameters: [] }), (found) =>
    found === undefined ? Effect.die(new Error("A select without a table answered no row.")) : Effect.succeed(found),
  );

const currentPosition = `select ${thisDatabase} as database,
  (case pg_catalog.current_setting('synchronous_commit') when 'off' then pg_catalog.pg_current_wal_insert_lsn()
    else pg_catalog.pg_current_wal_flush_lsn() end)::text as lsn`;
