import type { User } from "@muster/core";
import type { Database } from "better-sqlite3";

/** Everything that is told of a user: all columns but the keys, and the sign-in facts. */
export const columns = [
  "u.id, u.status, u.role, u.version, u.created_at, u.updated_at, u.updated_by, u.deleted_at, u.owner_id, u.username, u.email",
  "u.email_verified_at, u.first_name, u.last_name, u.display_name, u.phone_number, u.locale, u.picture_url",
  "u.tags, u.metadata, u.private_metadata, u.required_actions, s.first_login_at, s.last_login_at, s.login_count",
].join(", ");

export interface ReadRow {
  readonly id: string;
  readonly status: User["status"];
  readonly role: User["role"];
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number | null;
  readonly updated_by: string | null;
  readonly deleted_at: number | null;
  readonly owner_id: string | null;
  readonly username: string | null;
  readonly email: string | null;
  readonly email_verified_at: number | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly display_name: string | null;
  readonly phone_number: string | null;
  readonly locale: string | null;
  readonly picture_url: string | null;
  readonly tags: string;
  readonly metadata: string;
  readonly private_metadata: string;
  readonly required_actions: string;
  readonly first_login_at: number | null;
  readonly last_login_at: number | null;
  readonly login_count: number;
}

const date = (time: number | null): Date | null => (time === null ? null : new Date(time));

/** The shape that Muster answers. */
export const mapped = (row: ReadRow): User => ({
  id: row.id,
  username: row.username,
  firstName: row.first_name,
  lastName: row.last_name,
  displayName: row.display_name,
  pictureUrl: row.picture_url,
  email: row.email,
  emailVerifiedAt: date(row.email_verified_at),
  phoneNumber: row.phone_number,
  locale: row.locale,
  tags: JSON.parse(row.tags),
  metadata: JSON.parse(row.metadata),
  privateMetadata: JSON.parse(row.private_metadata),
  requiredActions: JSON.parse(row.required_actions),
  role: row.role,
  status: row.status,
  ownerId: row.owner_id,
  createdAt: new Date(row.created_at),
  updatedAt: date(row.updated_at),
  updatedBy: row.updated_by,
  deletedAt: date(row.deleted_at),
  version: row.version,
  firstLoginAt: date(row.first_login_at),
  lastLoginAt: date(row.last_login_at),
  loginCount: row.login_count,
});

/**
 * One user by id or email with better-sqlite3 alone. `+?` keeps SQLite from planning anew for every value, which a bare
 * parameter of a join costs with this version.
 */
export const makeUserReader = (database: Database) => {
  const byId = database.prepare<[string], ReadRow>(
    `select ${columns} from muster_users u join muster_user_sign_ins s on s.user_seq = u.seq where u.tenant = 'default' and u.id = +?`,
  );
  const byEmail = database.prepare<[string], ReadRow>(
    `select ${columns} from muster_user_identifiers i join muster_users u on u.seq = i.user_seq join muster_user_sign_ins s on s.user_seq = u.seq
      where i.tenant = 'default' and i.canonical = +?`,
  );
  const one = (row: ReadRow | undefined): User => {
    if (row === undefined) throw new Error("There is no such user.");
    return mapped(row);
  };
  return {
    get: (id: string): User => one(byId.get(id)),
    findByEmail: (email: string): User => one(byEmail.get(email.toLowerCase())),
  };
};
