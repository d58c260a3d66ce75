import type { Migration } from "@muster/store-kysely";

/** Tokens that were sent to somebody and not used yet, as the SQLite store has them. */
export const oneTimeTokens: Migration = {
  version: 2,
  name: "one-time tokens",
  statements: [
    `create table muster_one_time_tokens (
      tenant text collate "C" not null,
      hash bytea not null,
      purpose text collate "C" not null,
      user_id text collate "C" not null,
      address text collate "C" not null,
      bound_to bytea not null,
      created_at bigint not null,
      expires_at bigint not null,
      primary key (tenant, hash),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    )`,
    "create index muster_one_time_tokens_by_user on muster_one_time_tokens (tenant, user_id, purpose, created_at)",
    "create index muster_one_time_tokens_by_expiry on muster_one_time_tokens (expires_at)",
  ],
};
