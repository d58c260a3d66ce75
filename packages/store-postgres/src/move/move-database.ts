import { StoreUnavailable } from "@muster/core/ports";
import type { ColumnFact, MoveDatabase, Transacting } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { executorOn } from "../executor.ts";
import type { PostgresFeatures } from "../features.ts";
import type { Lending } from "../lending.ts";
import type { PlacedNames } from "../names.ts";
import { makeTransact } from "../transactions.ts";
import { gateKeyOf, moveSql } from "./move-sql.ts";

/**
 * A database as a move uses it. Undefined when there are no tables of ours in it.
 *
 * @param lending of connections whose answers are waited for as long as they take.
 */
export const openMoveDatabase = (
  names: PlacedNames,
  lending: Lending,
  features: PostgresFeatures,
): Effect.Effect<MoveDatabase | undefined, StoreUnavailable> =>
  Effect.gen(function* () {
    const executor = executorOn(lending, makeTransact(lending, `begin isolation level read committed; ${patient}`));
    const columns = columnsIn(names, executor);
    if ((yield* columns(["muster_migrations"])).length === 0) return undefined;
    return {
      name: "postgres",
      names,
      executor,
      snapshot: makeTransact(lending, `begin isolation level repeatable read read only; ${patient}`),
      alone: makeAlone(names, lending),
      columns,
      sql: moveSql(names),
      ...(features.triggers && features.advisoryLocks
        ? {}
        : { cannotFollow: "a move needs triggers and advisory locks, which are switched off" }),
    };
  });

/** Nothing of a move is a matter of seconds, and one side waits for the other. */
const patient = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";

/** Whoever writes a table that is followed has the lock's other half: see the gate in `move-sql.ts`. */
const makeAlone = (names: PlacedNames, lending: Lending): Transacting => {
  const transact = makeTransact(
    lending,
    `begin isolation level read committed; ${patient}; set local lock_timeout = '1s'`,
  );
  const lock = { sql: `select pg_catalog.pg_advisory_xact_lock(${gateKeyOf(names)})`, parameters: [] };
  return (body) =>
    Effect.suspend(() => {
      let isAgain = false;
      return transact((tx) => {
        // To be repeated is the caller's business: writers wait meanwhile.
        if (isAgain) return Effect.fail(notAlone);
        isAgain = true;
        return Effect.andThen(tx.first(lock), body(tx));
      });
    });
};

const notAlone = new StoreUnavailable({ reason: "it could not be had alone for a moment", retryable: true });

interface FoundColumn {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly place: number;
  readonly generated: boolean;
  readonly identity: boolean;
}

const kinds: ReadonlyMap<string, ColumnFact["kind"]> = new Map([
  ["text", "text"],
  ["bigint", "integer"],
  ["integer", "integer"],
  ["smallint", "integer"],
  ["boolean", "boolean"],
  ["jsonb", "json"],
  ["bytea", "bytes"],
]);

const columnsIn =
  ({ schema, nameOf }: PlacedNames, executor: MoveDatabase["executor"]): MoveDatabase["columns"] =>
  (tables) => {
    const bare = new Map(tables.map((table) => [nameOf(table), table]));
    return Effect.map(
      executor.all<FoundColumn>({ sql: findColumns, parameters: [schema, [...bare.keys()]] }),
      (found) =>
        found.map(({ relation, name, type, place, generated, identity }) => ({
          table: bare.get(relation) ?? relation,
          name,
          kind: kinds.get(type) ?? type,
          keyPlace: Number(place),
          isGenerated: generated,
          isIdentity: identity,
        })),
    );
  };

const findColumns = `
  select c.relname::text as relation, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type,
    coalesce(array_position(k.conkey, a.attnum), 0) as place, a.attgenerated <> '' as generated, a.attidentity <> '' as identity
  from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'p'
  where n.nspname = $1 and c.relname = any ($2::text[]) and c.relkind in ('r', 'p')
  order by c.relname, a.attnum`;
