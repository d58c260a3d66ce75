import { accessCorruptions } from "./access-corruptions.ts";

/** What somebody did to a database by hand, and what is said of it. Tables stand with their bare names. */
export interface Corruption {
  readonly did: string;
  readonly sql: string;
  readonly sentence: string;
}

/** What the tables' own constraints and triggers would refuse, for the most part: they have to be off. */
export const corruptions: readonly Corruption[] = [
  ...accessCorruptions,
  {
    did: "removed a user's sign-in facts",
    sql: "delete from muster_user_sign_ins where tenant = 'acme' and user_id = 'jane'",
    sentence: 'User "jane" of tenant "acme" has no sign-in facts.',
  },
  {
    did: "set a version back to 0",
    sql: "update muster_users set version = 0 where tenant = 'acme' and id = 'john'",
    sentence: 'User "john" of tenant "acme" has a version below 1.',
  },
  {
    did: "deleted a user without saying when",
    sql: "update muster_users set status = 'deleted' where tenant = 'acme' and id = 'joan'",
    sentence:
      'User "joan" of tenant "acme" has a status that there is not, or that disagrees with the time of deletion.',
  },
  {
    did: "made up a role",
    sql: "update muster_users set role = 'god' where tenant = 'acme' and id = 'john'",
    sentence: 'User "john" of tenant "acme" has a role that there is not.',
  },
  {
    did: "removed the user of sign-in facts, identifiers, marks, a password and sessions",
    sql: "delete from muster_users where tenant = 'acme' and id = 'jane'",
    sentence: 'There are sign-in facts of user "jane" of tenant "acme", who is not there.',
  },
  {
    did: "gave sign-in facts to another tenant",
    sql: "update muster_user_sign_ins set tenant = 'elsewhere' where tenant = 'acme' and user_id = 'john'",
    sentence: 'There are sign-in facts of user "john" of tenant "elsewhere", who is not there.',
  },
  {
    did: "left an identifier behind",
    sql: "insert into muster_user_identifiers (tenant, canonical, user_seq) values ('acme', 'gone', 99)",
    sentence: 'An identifier is taken by user number "99" of tenant "acme", who is not there.',
  },
  {
    did: "left a mark behind",
    sql: "insert into muster_user_marks (tenant, mark, created_at, user_id, user_seq) values ('acme', '#blue', 1, 'gone', 99)",
    sentence: 'There are marks of user "gone" of tenant "acme", who is not there or was created at another time.',
  },
  {
    did: "left a password behind",
    sql: "insert into muster_user_credentials (tenant, user_id, password_hash, changed_at) values ('acme', 'gone', 'hash', 1)",
    sentence: 'There is a password of user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "left a one-time token behind",
    sql: `insert into muster_one_time_tokens (tenant, hash, purpose, user_id, address, bound_to, created_at, expires_at)
      select tenant, refresh_hash, 'reset', 'gone', 'gone@x.test', refresh_hash, 1, 2 from muster_sessions where tenant = 'acme' and id = 'janes session'`,
    sentence: 'There is a one-time token of user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "left a second factor behind",
    sql: `insert into muster_second_factors (tenant, id, user_id, kind, name, created_at, last_step, secret_box)
      select tenant, 'f', 'gone', 'totp', 'Phone', 1, 0, refresh_hash from muster_sessions where tenant = 'acme' and id = 'janes session'`,
    sentence: 'There is a second factor of user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "left a recovery code behind",
    sql: `insert into muster_recovery_codes (tenant, user_id, hash)
      select tenant, 'gone', refresh_hash from muster_sessions where tenant = 'acme' and id = 'janes session'`,
    sentence: 'There are recovery codes of user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "moved a session to another tenant",
    sql: "update muster_sessions set tenant = 'elsewhere' where tenant = 'acme' and id = 'janes session'",
    sentence: 'Session "janes session" of tenant "elsewhere" is that of a user who is not there.',
  },
  {
    did: "brought a disabled user's session back to life",
    sql: "update muster_sessions set revoked_at = null where tenant = 'acme' and id = 'joans session'",
    sentence: 'Session "joans session" of tenant "acme" is not revoked, and its user is not enabled.',
  },
  {
    did: "took half of a rotation away",
    sql: "update muster_sessions set successor_box = null where tenant = 'acme' and id = 'janes session'",
    sentence: 'Session "janes session" of tenant "acme" knows half of its last rotation.',
  },
  {
    did: "took an event out of the audit log",
    sql: "delete from muster_audit_events where tenant = 'acme' and user_id = 'jane' and type = 'user.updated'",
    sentence: 'User "jane" of tenant "acme" was changed more often than the audit log tells.',
  },
  {
    did: "changed a user without raising what hangs on it: the tags",
    sql: `update muster_users set tags = '["green"]' where tenant = 'acme' and id = 'jane'`,
    sentence: 'User "jane" of tenant "acme" is not found by its tags, metadata, status, role or owner.',
  },
  {
    did: "changed metadata by hand",
    sql: `update muster_users set metadata = '{"team": 2}' where tenant = 'acme' and id = 'john'`,
    sentence: 'User "john" of tenant "acme" is not found by its tags, metadata, status, role or owner.',
  },
  {
    did: "took tags away by hand",
    sql: "update muster_users set tags = '[]' where tenant = 'acme' and id = 'jane'",
    sentence: 'Marks that are not true of their user, in tenant "acme": 2.',
  },
  {
    did: "renamed somebody by hand",
    sql: "update muster_users set username = 'janet', username_key = 'janet' where tenant = 'acme' and id = 'jane'",
    sentence: 'User "jane" of tenant "acme" is not found by its username or email.',
  },
  {
    did: "gave somebody a second username",
    sql: "insert into muster_user_identifiers (tenant, canonical, user_seq) select tenant, 'alias', seq from muster_users where tenant = 'acme' and id = 'jane'",
    sentence: 'Identifiers that are no username or email of the user who holds them, in tenant "acme": 1.',
  },
  {
    did: "wrote a name in capitals and forgot its sort key",
    sql: "update muster_users set first_name = 'XENIA' where tenant = 'acme' and id = 'jane'",
    sentence: 'User "jane" of tenant "acme" has a sort key that is not that of its text.',
  },
  {
    did: "wrote an email that is none",
    sql: "update muster_users set email = 'jane' where tenant = 'acme' and id = 'jane'",
    sentence: 'User "jane" of tenant "acme" cannot be read: its JSON or its email is broken.',
  },
];
