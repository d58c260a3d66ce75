import type { Migration } from "@muster/store-kysely";

/** Failed attempts to get in: by login and address, by either alone. The keys are keyed hashes, empty for any. */
export const attempts: Migration = {
  version: 5,
  name: "attempts",
  statements: [
    `create table muster_attempts (
      tenant text not null,
      login_key blob not null,
      address_key blob not null,
      failures integer not null check (failures >= 0),
      failed_at integer not null,
      wait_ms integer not null check (wait_ms >= 0),
      familiar_until integer not null,
      expires_at integer not null,
      primary key (tenant, login_key, address_key)
    ) strict, without rowid`,
    "create index muster_attempts_by_expiry on muster_attempts (expires_at)",
  ],
};
