import type { Migration } from "@muster/store-kysely";

/** Failed attempts to get in, as the SQLite store has them. */
export const attempts: Migration = {
  version: 5,
  name: "attempts",
  statements: [
    `create table muster_attempts (
      tenant text collate "C" not null,
      login_key bytea not null,
      address_key bytea not null,
      failures integer not null check (failures >= 0),
      failed_at bigint not null,
      wait_ms bigint not null check (wait_ms >= 0),
      familiar_until bigint not null,
      expires_at bigint not null,
      primary key (tenant, login_key, address_key)
    )`,
    "create index muster_attempts_by_expiry on muster_attempts (expires_at)",
  ],
};
