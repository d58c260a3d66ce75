import type { Database } from "better-sqlite3";

/** What a user is made of in the tables, written down by hand. */
export interface UserToWrite {
  readonly id: string;
  readonly createdAt: Date;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly displayName: string;
  readonly phoneNumber: string | null;
  readonly locale: string;
  readonly tags: readonly string[];
  readonly metadata: { readonly team: string; readonly level: number; readonly address: { readonly city: string } };
  readonly role: "user" | "admin";
  readonly status: "enabled" | "disabled";
}

const userColumns = [
  "tenant, id, status, role, version, created_at, username, username_key, email, email_key, first_name, first_name_key",
  "last_name, last_name_key, display_name, display_name_key, phone_number, locale, tags, metadata, private_metadata",
].join(", ");

/** Writes the rows of a new user with better-sqlite3 alone. The caller holds the transaction. */
export const makeUserWriter = (database: Database): ((user: UserToWrite, passwordHash: string) => number) => {
  const users = database.prepare(
    `insert into muster_users (${userColumns}) values ('default', ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '{}')`,
  );
  const identifiers = database.prepare("insert into muster_user_identifiers values ('default', ?, ?)");
  const signIns = database.prepare(
    "insert into muster_user_sign_ins (user_seq, tenant, user_id, login_count) values (?, 'default', ?, 0)",
  );
  const marks = database.prepare("insert into muster_user_marks values ('default', ?, ?, ?, ?)");
  const credentials = database.prepare("insert into muster_user_credentials values ('default', ?, ?, ?)");

  return (user, passwordHash) => {
    const at = user.createdAt.getTime();
    const [username, email] = [user.username.toLowerCase(), user.email.toLowerCase()];
    const { lastInsertRowid } = users.run(
      user.id,
      user.status,
      user.role,
      at,
      user.username,
      username,
      user.email,
      email,
      user.firstName,
      user.firstName.toLowerCase(),
      user.lastName,
      user.lastName.toLowerCase(),
      user.displayName,
      user.displayName.toLowerCase(),
      user.phoneNumber,
      user.locale,
      JSON.stringify(user.tags),
      JSON.stringify(user.metadata),
    );
    const seq = Number(lastInsertRowid);
    identifiers.run(username, seq);
    identifiers.run(email, seq);
    signIns.run(seq, user.id);
    for (const mark of marksOf(user)) marks.run(mark, at, user.id, seq);
    credentials.run(user.id, passwordHash, at);
    return seq;
  };
};

/** One row for each tag and each place in the metadata, so that lists by them walk an index. */
const marksOf = ({ tags, metadata, status, role }: UserToWrite): readonly string[] => [
  ...tags.map((tag) => `#${tag}`),
  `m."team"=${JSON.stringify(metadata.team)}`,
  `m."level"=${metadata.level}`,
  'm."address"{',
  `m."address"."city"=${JSON.stringify(metadata.address.city)}`,
  ...(status === "disabled" ? ["sdisabled"] : []),
  ...(role === "admin" ? ["radmin"] : []),
];

/** What comes with a user in its transaction: its texts in the search index and its line in the audit log. */
export const makeCompanionWriter = (
  database: Database,
): ((user: UserToWrite, seq: number, eventId: string) => void) => {
  const search = database.prepare(
    "insert into muster_user_search (rowid, username_key, email_key, first_name_key, last_name_key, display_name_key) values (?, ?, ?, ?, ?, ?)",
  );
  const audit = database.prepare(
    "insert into muster_audit_events values ('default', ?, ?, 'user.created', 'system', null, null, ?, null, '[]')",
  );
  return ({ id, createdAt, username, email, firstName, lastName, displayName }, seq, eventId) => {
    const texts = [username, email, firstName, lastName, displayName].map((text) => text.toLowerCase());
    search.run(seq, ...texts);
    audit.run(eventId, createdAt.getTime(), id);
  };
};
