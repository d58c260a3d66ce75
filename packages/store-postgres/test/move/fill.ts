import { DatabaseSync } from "node:sqlite";

/**
 * Adds users to a SQLite file that was opened by a store before, by SQL alone: what `create` would have written, with a
 * session and an audit event for one in ten. Those with a number divisible by 100 are deleted. The id of a user is `u` and
 * its number.
 */
export const fill = (path: string, count: number, passwordHash: string, tenant = "default"): void => {
  const database = new DatabaseSync(path);
  for (const pragma of ["synchronous = off", "cache_size = -200000", "temp_store = memory"])
    database.exec(`pragma ${pragma}`);
  database.function("bytes", { deterministic: true }, (text) => Buffer.from(String(text).padEnd(32, "x")));
  database.exec("begin immediate");
  const parameters = { count, passwordHash, tenant, now: Date.now() };
  for (const sql of [users, signIns, identifiers, marks, credentials, sessions, audit, search]) {
    const named = Object.entries(parameters).filter(([name]) => sql.includes(`@${name}`));
    database.prepare(sql).run(Object.fromEntries(named));
  }
  database.exec("commit");
  database.close();
};

const numbers = "with recursive n (i) as (select 1 union all select i + 1 from n where i < @count)";
const user = `u.tenant = @tenant and u.id glob 'u[0-9]*'`;

const users = `${numbers}
  insert into muster_users (tenant, id, status, role, version, created_at, updated_at, deleted_at, username, username_key,
    email, email_key, first_name, first_name_key, last_name_key, display_name_key, tags, metadata, private_metadata)
  select @tenant, 'u' || i, iif(i % 100 = 0, 'deleted', 'enabled'), 'user', iif(i % 100 = 0, 2, 1), 1700000000000 + i,
    iif(i % 100 = 0, 1700000000001 + i, null), iif(i % 100 = 0, 1700000000001 + i, null),
    'Name' || i, 'name' || i, 'Name' || i || '@example.com', 'name' || i || '@example.com',
    'Zoë 🙂 ' || (i % 977), 'zoë 🙂 ' || (i % 977), '', '', json_array('t' || (i % 50)),
    json_object('team', 'x' || (i % 500)), '{}'
  from n`;

const signIns = `insert into muster_user_sign_ins (user_seq, tenant, user_id, first_login_at, last_login_at, login_count)
  select seq, tenant, id, iif(seq % 10 = 0, created_at, null), iif(seq % 10 = 0, created_at, null), seq % 10 = 0
  from muster_users as u where ${user}`;

const identifiers = `insert into muster_user_identifiers (tenant, canonical, user_seq)
  select tenant, username_key, seq from muster_users as u where ${user}
  union all select tenant, email_key, seq from muster_users as u where ${user}`;

const marks = `insert into muster_user_marks (tenant, mark, created_at, user_id, user_seq)
  select tenant, '#' || (tags ->> 0), created_at, id, seq from muster_users as u where ${user}
  union all select tenant, 'm."team"="' || (metadata ->> '$.team') || '"', created_at, id, seq from muster_users as u where ${user}
  union all select tenant, 'sdeleted', created_at, id, seq from muster_users as u where status = 'deleted' and ${user}`;

const credentials = `insert into muster_user_credentials (tenant, user_id, password_hash, changed_at)
  select tenant, id, @passwordHash, created_at from muster_users as u where ${user}`;

const sessions = `insert into muster_sessions (tenant, id, user_id, created_at, expires_at, revoked_at, authenticated_at, methods, refresh_hash)
  select tenant, 's' || seq, id, created_at, @now + 3600000, iif(status = 'deleted', created_at, null), created_at, 'pwd', bytes(seq)
  from muster_users as u where seq % 10 = 0 and ${user}`;

const audit = `insert into muster_audit_events (tenant, id, at, type, actor_kind, user_id, changes)
  select tenant, 'a' || seq, created_at, 'user.created', 'system', id, '[]' from muster_users as u where seq % 10 = 0 and ${user}
  union all select tenant, 'd' || seq, deleted_at, 'user.deleted', 'system', id, '[]' from muster_users as u
  where status = 'deleted' and ${user}`;

const search = "insert into muster_user_search (muster_user_search) values ('rebuild')";
