import type { Migration } from "@muster/store-kysely";

/** What users log in by besides a password: secrets are sealed, recovery codes are hashes. */
export const secondFactors: Migration = {
  version: 6,
  name: "second factors",
  statements: [
    `create table muster_second_factors (
      tenant text not null,
      id text not null,
      user_id text not null,
      kind text not null,
      name text not null,
      created_at integer not null,
      confirmed_at integer,
      last_used_at integer,
      last_step integer not null,
      secret_box blob not null,
      primary key (tenant, id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_second_factors_by_user on muster_second_factors (tenant, user_id, created_at, id)",
    `create table muster_recovery_codes (
      tenant text not null,
      user_id text not null,
      hash blob not null,
      primary key (tenant, user_id, hash),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,
  ],
};
