import type { Migration } from "@muster/store-kysely";

/** Tokens that were sent to somebody and not used yet. */
export const oneTimeTokens: Migration = {
  version: 2,
  name: "one-time tokens",
  statements: [
    `create table muster_one_time_tokens (
      tenant text not null,
      hash blob not null,
      purpose text not null,
      user_id text not null,
      address text not null,
      bound_to blob not null,
      created_at integer not null,
      expires_at integer not null,
      primary key (tenant, hash),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_one_time_tokens_by_user on muster_one_time_tokens (tenant, user_id, purpose, created_at)",
    "create index muster_one_time_tokens_by_expiry on muster_one_time_tokens (expires_at)",
  ],
};
