import type { Migration } from "@muster/store-kysely";

/** What is still to be told to others. `seq` is the order of appending; its lines are those of a topic and a user. */
export const outbox: Migration = {
  version: 3,
  name: "outbox",
  statements: [
    `create table muster_outbox (
      seq integer primary key,
      tenant text not null,
      id text not null,
      topic text not null,
      user_id text not null,
      payload text not null check (json_type(payload) = 'object'),
      created_at integer not null,
      not_before integer not null,
      available_at integer not null,
      state text not null check (state in ('pending', 'delivered', 'dead')),
      attempts integer not null check (attempts >= 0),
      ended_at integer,
      unique (tenant, id),
      check ((state = 'pending') = (ended_at is null))
    ) strict`,
    "create index muster_outbox_lines on muster_outbox (tenant, topic, user_id, seq) where state = 'pending'",
    "create index muster_outbox_available on muster_outbox (topic, available_at, seq) where state = 'pending'",
    "create index muster_outbox_ended on muster_outbox (state, ended_at) where state <> 'pending'",
  ],
};
