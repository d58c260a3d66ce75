import type { Migration } from "@muster/store-kysely";

/** What is still to be told to others, as the SQLite store has it. */
export const outbox: Migration = {
  version: 3,
  name: "outbox",
  statements: [
    `create table muster_outbox (
      tenant text collate "C" not null,
      id text collate "C" not null,
      seq bigint generated always as identity,
      topic text collate "C" not null,
      user_id text collate "C" not null,
      payload jsonb not null check (jsonb_typeof(payload) = 'object'),
      created_at bigint not null,
      not_before bigint not null,
      available_at bigint not null,
      state text collate "C" not null check (state in ('pending', 'delivered', 'dead')),
      attempts integer not null check (attempts >= 0),
      ended_at bigint,
      primary key (tenant, id),
      check ((state = 'pending') = (ended_at is null))
    )`,
    "create index muster_outbox_lines on muster_outbox (tenant, topic, user_id, seq) where state = 'pending'",
    "create index muster_outbox_available on muster_outbox (topic, available_at, seq) where state = 'pending'",
    "create index muster_outbox_ended on muster_outbox (state, ended_at) where state <> 'pending'",
  ],
};
