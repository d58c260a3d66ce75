import { createHash } from "node:crypto";
import { type Executor, quoted } from "@muster/store-kysely";
import { type Loosened, type MovedColumn, type MoveSql, moveChanges } from "@muster/store-kysely/move";
import * as Effect from "effect/Effect";
import { movedState, movingState } from "../failures.ts";
import type { PlacedNames } from "../names.ts";

/**
 * What PostgreSQL is told in a move.
 *
 * The gate: every write of a table that is followed takes half of an advisory lock, or is refused. Who has the whole
 * lock is alone; the end of its transaction, also by a crash, opens the gate. To shut it for good the function is
 * replaced, which transactions of any age see at once.
 */
export const moveSql = (names: PlacedNames): MoveSql => {
  const { qualified } = names;
  const changes = qualified(moveChanges);
  const gate = `${qualified("muster_move_gate")}()`;
  const trigger = quoted(names.nameOf("muster_move_follow"));
  const follower = (table: string): string => `${qualified(table.replace("muster_", "muster_move_follow_"))}()`;
  const makeGate = (body: string): string =>
    `create or replace function ${gate} returns boolean language plpgsql as $gate$ begin ${body} end $gate$`;
  const drop = (table: string): string => `drop trigger if exists ${trigger} on ${qualified(table)}`;
  return {
    records,
    overriding: " overriding system value",
    createChanges: [
      `create table ${changes} (id bigint generated always as identity primary key, name text not null, key text not null)`,
    ],
    beforeFollowing: [
      makeGate(`if not pg_catalog.pg_try_advisory_xact_lock_shared(${gateKeyOf(names)}) then
        raise exception 'muster: it is being moved' using errcode = '${movingState}'; end if; return true;`),
    ],
    follow: (table, key) => [
      `create or replace function ${follower(table)} returns trigger language plpgsql
       security definer set search_path = pg_catalog, pg_temp as $follow$
       begin
         perform ${gate};
         if tg_op <> 'INSERT' then ${remember(changes, table, "old", key)} end if;
         if tg_op = 'INSERT' or tg_op = 'UPDATE' and row(${list("old", key)}) is distinct from row(${list("new", key)})
         then ${remember(changes, table, "new", key)} end if;
         return null;
       end $follow$`,
      drop(table),
      `create trigger ${trigger} after insert or update or delete on ${qualified(table)}
       for each row execute function ${follower(table)}`,
    ],
    seal: () => [
      makeGate(`raise exception 'muster: it was moved to another database' using errcode = '${movedState}';`),
    ],
    release: (tables) => [
      ...tables.map(drop),
      ...tables.map((table) => `drop function if exists ${follower(table)}`),
      `drop function if exists ${gate}`,
    ],
    empty: (tables) => [`truncate ${tables.map(qualified).join(", ")}`],
    advance: (table, column) => [
      `select setval(pg_get_serial_sequence('${qualified(table).replaceAll("'", "''")}', '${column}'),
         greatest((select max(${quoted(column)}) from ${qualified(table)}), 1))`,
    ],
    settle: [
      names.written(`with fresh as (
          select id, row_number() over (order by id) + coalesce((select max(seq) from muster_access_changes), 0) as seq
          from muster_access_changes where seq is null
        )
        update muster_access_changes as entry set seq = fresh.seq from fresh where entry.id = fresh.id`),
    ],
    loosen: (executor, tables, isEmpty) => looseningOf(names, executor, tables, isEmpty),
  };
};

export const gateKeyOf = ({ lockKey }: PlacedNames): bigint =>
  createHash("sha256").update(`muster/move/${lockKey}`).digest().readBigInt64BE();

/** Numbers come as numbers, all else as text. */
const records = (columns: readonly MovedColumn[]): string => {
  const isNumber = ({ kind }: MovedColumn): boolean => kind === "integer" || kind === "boolean";
  const types = columns.map((column) => `${quoted(column.name)} ${isNumber(column) ? "bigint" : "text"}`);
  return `(select ${columns.map(cell).join(", ")} from json_to_recordset(?::json) as r (${types.join(", ")}))`;
};

const cell = ({ name, kind }: MovedColumn): string => {
  const value = `r.${quoted(name)}`;
  if (kind === "bytes") return `decode(${value}, 'hex') as ${quoted(name)}`;
  if (kind === "json") return `${value}::jsonb as ${quoted(name)}`;
  if (kind === "boolean") return `${value} = 1 as ${quoted(name)}`;
  return value;
};

const list = (row: string, key: readonly MovedColumn[]): string =>
  key.map(({ name }) => `${row}.${quoted(name)}`).join(", ");

const remember = (changes: string, table: string, row: "old" | "new", key: readonly MovedColumn[]): string => {
  const members = key.map(({ name, kind }) => {
    const value = `${row}.${quoted(name)}`;
    return `'${name}', ${kind === "bytes" ? `encode(${value}, 'hex')` : value}`;
  });
  const isKnown = key.map(({ name }) => `${row}.${quoted(name)} is not null`).join(" and ");
  return `insert into ${changes} (name, key) select '${table}', json_build_object(${members.join(", ")})::text where ${isKnown};`;
};

/** Tables that refer to others keep their indexes: by them it is found what goes with a row that goes. */
const looseningOf = (
  { schema, nameOf }: PlacedNames,
  executor: Executor,
  tables: readonly string[],
  isEmpty: boolean,
) =>
  Effect.gen(function* () {
    const parameters = [schema, tables.map(nameOf)];
    const rules = yield* executor.all<{ readonly away: string; readonly back: string }>({ sql: findRules, parameters });
    const indexes = isEmpty
      ? yield* executor.all<{ readonly away: string; readonly back: string }>({ sql: findIndexes, parameters })
      : [];
    return {
      away: [...rules, ...indexes].map(({ away }) => away),
      back: { indexes: indexes.map(({ back }) => back), rules: rules.map(({ back }) => back) },
    } satisfies Loosened;
  });

const findRules = `
  select format('alter table %I.%I disable trigger %I', n.nspname, c.relname, g.tgname) as away,
    format('alter table %I.%I enable trigger %I', n.nspname, c.relname, g.tgname) as back
  from pg_catalog.pg_trigger g
    join pg_catalog.pg_class c on c.oid = g.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any ($2::text[]) and not g.tgisinternal and g.tgenabled = 'O'`;

const findIndexes = `
  select format('drop index %I.%I', n.nspname, i.relname) as away, pg_get_indexdef(i.oid) as back
  from pg_catalog.pg_index x
    join pg_catalog.pg_class i on i.oid = x.indexrelid join pg_catalog.pg_class c on c.oid = x.indrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any ($2::text[]) and not x.indisunique
    and not exists (select from pg_catalog.pg_constraint f where f.conrelid = c.oid and f.contype = 'f')`;
