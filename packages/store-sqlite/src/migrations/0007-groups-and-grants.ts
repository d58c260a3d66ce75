import type { Migration } from "@muster/store-kysely";

/** Groups, which group is above which, who is in them, and what users and groups were granted. */
export const groupsAndGrants: Migration = {
  version: 7,
  name: "groups and grants",
  statements: [
    `create table muster_groups (
      tenant text not null,
      id text not null,
      name text not null,
      name_key text not null,
      description text,
      parent_id text,
      metadata text not null check (json_type(metadata) = 'object'),
      status text not null check (status in ('enabled', 'disabled')),
      created_at integer not null,
      updated_at integer,
      version integer not null check (version >= 1),
      primary key (tenant, id),
      check (parent_id <> id)
    ) strict, without rowid`,
    "create index muster_groups_by_name on muster_groups (tenant, name_key, id)",
    "create index muster_groups_by_parent on muster_groups (tenant, parent_id, name_key, id)",
    "create index muster_groups_disabled on muster_groups (tenant, id) where status = 'disabled'",
    // Each group is its own ancestor at distance 0.
    `create table muster_group_ancestors (
      tenant text not null,
      group_id text not null,
      ancestor_id text not null,
      distance integer not null check (distance >= 0),
      primary key (tenant, group_id, ancestor_id),
      check ((distance = 0) = (group_id = ancestor_id)),
      foreign key (tenant, group_id) references muster_groups (tenant, id) on delete cascade,
      foreign key (tenant, ancestor_id) references muster_groups (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_group_ancestors_below on muster_group_ancestors (tenant, ancestor_id, group_id)",
    // Whoever changes the shape of the tree writes this row first: they take turns.
    `create table muster_group_trees (
      tenant text not null primary key,
      changes integer not null
    ) strict, without rowid`,
    `create table muster_group_members (
      tenant text not null,
      group_id text not null,
      user_id text not null,
      created_at integer not null,
      primary key (tenant, group_id, user_id),
      foreign key (tenant, group_id) references muster_groups (tenant, id) on delete cascade,
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_group_members_by_user on muster_group_members (tenant, user_id, group_id)",
    `create table muster_user_grants (
      tenant text not null,
      grantee_id text not null,
      resource_type text not null,
      resource_id text not null,
      permission text not null,
      created_at integer not null,
      primary key (tenant, grantee_id, resource_type, resource_id, permission),
      foreign key (tenant, grantee_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_user_grants_by_resource on muster_user_grants (tenant, resource_type, resource_id, grantee_id, permission)",
    `create table muster_group_grants (
      tenant text not null,
      grantee_id text not null,
      resource_type text not null,
      resource_id text not null,
      permission text not null,
      created_at integer not null,
      primary key (tenant, grantee_id, resource_type, resource_id, permission),
      foreign key (tenant, grantee_id) references muster_groups (tenant, id) on delete cascade
    ) strict, without rowid`,
    "create index muster_group_grants_by_resource on muster_group_grants (tenant, resource_type, resource_id, grantee_id, permission)",
  ],
};
