import type { Migration } from "@muster/store-kysely";

/** What users log in by besides a password, as the SQLite store has it. */
export const secondFactors: Migration = {
  version: 6,
  name: "second factors",
  statements: [
    `create table muster_second_factors (
      tenant text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      kind text collate "C" not null,
      name text collate "C" not null,
      created_at bigint not null,
      confirmed_at bigint,
      last_used_at bigint,
      last_step bigint not null,
      secret_box bytea not null,
      primary key (tenant, id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    )`,
    "create index muster_second_factors_by_user on muster_second_factors (tenant, user_id, created_at, id)",
    `create table muster_recovery_codes (
      tenant text collate "C" not null,
      user_id text collate "C" not null,
      hash bytea not null,
      primary key (tenant, user_id, hash),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    )`,
  ],
};
