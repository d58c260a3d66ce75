import type { Migration } from "@muster/store-kysely";

/** Who was invited, and what became of it. One open invitation a user, at most, as in the SQLite store. */
export const invitations: Migration = {
  version: 4,
  name: "invitations",
  statements: [
    `create table muster_invitations (
      tenant text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      email text collate "C" not null,
      invited_by text collate "C",
      state text collate "C" not null check (state in ('open', 'accepted', 'revoked')),
      created_at bigint not null,
      expires_at bigint not null,
      ended_at bigint,
      primary key (tenant, id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade,
      check ((state = 'open') = (ended_at is null))
    )`,
    "create index muster_invitations_by_state on muster_invitations (tenant, state, id)",
    "create index muster_invitations_by_user on muster_invitations (tenant, user_id, id)",
    "create unique index muster_invitations_open on muster_invitations (tenant, user_id) where state = 'open'",
  ],
};
