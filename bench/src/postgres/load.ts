import pg from "pg";
import { personAt } from "../dataset/person.ts";

const batchSize = 5_000;

/**
 * Fills the tables of an empty Muster database with users by statements about many at once, keys and indexes made at the
 * end out of their own definitions.
 */
export const loadUsers = async (url: string, size: number, passwordHash: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { take, put } = await keysAndIndexes(client);
    for (const statement of take) await client.query(statement);
    for (let from = 0; from < size; from += batchSize) {
      const people = Array.from({ length: Math.min(batchSize, size - from) }, (_, index) => {
        const { createdAt, ...person } = personAt(from + index, size);
        return { ...person, at: createdAt.getTime() };
      });
      await client.query(insertUsers, [JSON.stringify(people)]);
    }
    await client.query(insertIdentifiers);
    await client.query(insertSignIns);
    await client.query(insertCredentials, [passwordHash]);
    await client.query(insertMarks);
    for (const statement of put) await client.query(statement);
    await client.query("vacuum (analyze)");
  } finally {
    await client.end();
  }
};

const insertUsers = `insert into muster_users (tenant, id, status, role, version, created_at, username, username_key, email,
    email_key, first_name, first_name_key, last_name, last_name_key, display_name, display_name_key, phone_number, locale,
    tags, metadata, private_metadata)
  select 'default', id, status, role, 1, at, username, lower(username), email, lower(email), "firstName", lower("firstName"),
    "lastName", lower("lastName"), "displayName", lower("displayName"), "phoneNumber", locale, tags, metadata, '{}'
  from json_to_recordset($1) as p (id text, status text, role text, at bigint, username text, email text, "firstName" text,
    "lastName" text, "displayName" text, "phoneNumber" text, locale text, tags jsonb, metadata jsonb)`;

const insertIdentifiers = `insert into muster_user_identifiers (tenant, canonical, user_seq)
  select tenant, canonical, seq from muster_users cross join unnest(array[username_key, email_key]) as i (canonical)`;

const insertSignIns = `insert into muster_user_sign_ins (tenant, user_seq, user_id, login_count)
  select tenant, seq, id, 0 from muster_users`;

const insertCredentials = `insert into muster_user_credentials (tenant, user_id, password_hash, changed_at)
  select tenant, id, $1, created_at from muster_users`;

/** One row for each tag and each place in the metadata that people of the data set have. */
const insertMarks = `insert into muster_user_marks (tenant, mark, created_at, user_id, user_seq)
  select tenant, mark, created_at, id, seq from muster_users cross join lateral (
    select '#' || tag from jsonb_array_elements_text(tags) as tag
    union all values ('m."team"=' || (metadata -> 'team')::text), ('m."level"=' || (metadata -> 'level')::text),
      ('m."address"{'), ('m."address"."city"=' || (metadata #> '{address,city}')::text)
    union all select 'sdisabled' where status = 'disabled'
    union all select 'radmin' where role = 'admin'
  ) as m (mark)`;

/** Statements that take all keys and indexes from the tables that are filled, and those that put them back. */
const keysAndIndexes = async (
  client: pg.Client,
): Promise<{ readonly take: readonly string[]; readonly put: readonly string[] }> => {
  const keys = async (kinds: string, tables: string): Promise<readonly Definition[]> => {
    const sql = `select c.relname as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid where strpos($1, k.contype) > 0 and starts_with(c.relname, $2)`;
    return (await client.query<Definition>(sql, [kinds, tables])).rows;
  };
  const [foreign, own] = [await keys("f", "muster_"), await keys("pu", "muster_user")];
  const { rows: indexes } = await client.query<Definition>(`
    select tablename as table, indexname as name, indexdef as definition from pg_indexes
    where starts_with(tablename, 'muster_user') and indexname not in (select conname from pg_constraint)`);
  const drop = ({ table, name }: Definition): string => `alter table ${table} drop constraint ${name}`;
  const add = ({ table, name, definition }: Definition): string =>
    `alter table ${table} add constraint ${name} ${definition}`;
  return {
    take: [...[...foreign, ...own].map(drop), ...indexes.map(({ name }) => `drop index ${name}`)],
    put: [...own.map(add), ...indexes.map(({ definition }) => definition), ...foreign.map(add)],
  };
};

interface Definition {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}
