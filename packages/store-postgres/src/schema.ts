import type { StoreUnavailable } from "@muster/core/ports";
import { type Executor, type Migration, quoted, type Schema, type SchemaObject } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import { users } from "./migrations/0001-users.ts";
import { oneTimeTokens } from "./migrations/0002-one-time-tokens.ts";
import { outbox } from "./migrations/0003-outbox.ts";
import { invitations } from "./migrations/0004-invitations.ts";
import { attempts } from "./migrations/0005-attempts.ts";
import { secondFactors } from "./migrations/0006-second-factors.ts";
import { groupsAndGrants } from "./migrations/0007-groups-and-grants.ts";
import type { PlacedNames } from "./names.ts";

/** Every migration, in order. */
export const migrations: readonly Migration[] = [
  users,
  oneTimeTokens,
  outbox,
  invitations,
  attempts,
  secondFactors,
  groupsAndGrants,
];

/**
 * Our part of the schema, from the catalogue, in words that do not change with the version of the server or the name of
 * the schema. What others add beside it is no concern of ours; nor is the search index, which may be there or not.
 */
export const objectsIn =
  ({ schema }: PlacedNames): Schema["objects"] =>
  (executor, ours) =>
    Effect.map(executor.all<SchemaObject>({ sql: catalogue, parameters: [schema, ours] }), (found) =>
      // Here, since a database sorts by its own collation.
      found.toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1)),
    );

const placeOf = ({ name, sql }: SchemaObject): string => `${name}\u0000${sql}`;

const catalogue = `
with ours as (
  select c.oid, c.relname::text as name, c.relkind
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = any ($2::text[])
), described as (
  select o.name, 'table ' || string_agg(
      concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), l.collname, a.attnotnull, a.attidentity,
        a.attgenerated, pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attnum) as sql
  from ours o
    join pg_catalog.pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
    left join pg_catalog.pg_attrdef d on d.adrelid = o.oid and d.adnum = a.attnum
    left join pg_catalog.pg_collation l on l.oid = a.attcollation
  where o.relkind in ('r', 'p')
  group by o.name
  union all
  select o.name || '.' || k.conname, concat_ws(' ', 'constraint', k.contype, k.convalidated,
      (select string_agg(a.attname, ', ' order by p.place)
        from unnest(k.conkey) with ordinality as p (attnum, place)
          join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = p.attnum),
      (select c.relname from pg_catalog.pg_class c where c.oid = k.confrelid), k.confdeltype,
      pg_get_expr(k.conbin, k.conrelid))
  from ours o join pg_catalog.pg_constraint k on k.conrelid = o.oid
  where k.contype in ('p', 'u', 'f', 'c')
  union all
  select o.name, concat_ws(' ', 'index', t.relname, i.indisunique, i.indisvalid, m.amname,
      (select string_agg(pg_get_indexdef(i.indexrelid, p.place, false) || ' ' || i.indoption[p.place - 1], ', ' order by p.place)
        from generate_series(1, i.indnkeyatts) as p (place)),
      pg_get_expr(i.indpred, i.indrelid))
  from ours o
    join pg_catalog.pg_index i on i.indexrelid = o.oid
    join pg_catalog.pg_class t on t.oid = i.indrelid
    join pg_catalog.pg_class c on c.oid = i.indexrelid
    join pg_catalog.pg_am m on m.oid = c.relam
  union all
  select o.name || '.' || g.tgname, concat_ws(' ', 'trigger', g.tgenabled, g.tgtype, f.proname,
      (select string_agg(a.attname, ', ' order by a.attnum)
        from pg_catalog.pg_attribute a where a.attrelid = g.tgrelid and a.attnum = any (g.tgattr)))
  from ours o
    join pg_catalog.pg_trigger g on g.tgrelid = o.oid and not g.tgisinternal
    join pg_catalog.pg_proc f on f.oid = g.tgfoid
  where g.tgname = any ($2::text[])
  union all
  select f.proname::text, 'function ' || f.prosrc
  from pg_catalog.pg_proc f join pg_catalog.pg_namespace n on n.oid = f.pronamespace
  where n.nspname = $1 and f.proname = any ($2::text[])
)
select name, sql from described`;

/** Makes the schema when it is missing. To ask for it where it exists would need a privilege that nothing else needs. */
export const makeSchema = ({ schema }: PlacedNames, locked: Executor): Effect.Effect<void, StoreUnavailable> => {
  const find = { sql: "select 1 from pg_catalog.pg_namespace where nspname = $1", parameters: [schema] };
  const make = { sql: `create schema ${quoted(schema)}`, parameters: [] };
  const unlessThere = <E>(executor: Executor, otherwise: Effect.Effect<unknown, E>) =>
    Effect.flatMap(executor.first(find), (found) => (found === undefined ? Effect.asVoid(otherwise) : Effect.void));
  return unlessThere(
    locked,
    locked.atomically((tx) => unlessThere(tx, tx.run(make))),
  );
};
