import type { Migration, Names, Schema, SchemaObject } from "@muster/store-kysely";
import { users } from "./migrations/0001-users.ts";
import { oneTimeTokens } from "./migrations/0002-one-time-tokens.ts";
import { outbox } from "./migrations/0003-outbox.ts";
import { invitations } from "./migrations/0004-invitations.ts";
import { attempts } from "./migrations/0005-attempts.ts";
import { secondFactors } from "./migrations/0006-second-factors.ts";
import { groupsAndGrants } from "./migrations/0007-groups-and-grants.ts";

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

/** The tables in which SQLite keeps the search index: sqlite.org/fts5.html, "FTS5 data structures". */
export const shadows: readonly string[] = ["data", "idx", "content", "docsize", "config"].map(
  (part) => `muster_user_search_${part}`,
);

/** Our part of the schema as SQLite keeps it; what others add beside it is no concern of ours. */
export const objectsIn =
  ({ nameOf }: Names): Schema["objects"] =>
  (executor, ours) => {
    const all = ours.includes(nameOf("muster_user_search")) ? [...ours, ...shadows.map(nameOf)] : ours;
    return executor.all<SchemaObject>({
      sql: `select name, sql from sqlite_master
        where name collate nocase in (select value from json_each(?)) and sql is not null order by name`,
      parameters: [JSON.stringify(all)],
    });
  };
