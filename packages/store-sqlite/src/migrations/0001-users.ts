import type { Migration } from "@muster/store-kysely";

/**
 * Users, sessions, keys, access changes and audit events. Every key starts with the tenant, but for the number of a
 * row in this file (`seq`, `user_seq`), by which the search index and the joins find it. Key columns hold comparable
 * forms, `''` for absent ones; the sort keys of instants hold 0 for absent ones.
 */
export const users: Migration = {
  version: 1,
  name: "users",
  statements: [
    `create table muster_users (
      seq integer primary key,
      tenant text not null,
      id text not null,
      status text not null check (status in ('pending', 'enabled', 'disabled', 'deleted')),
      role text not null check (role in ('user', 'admin')),
      version integer not null check (version >= 1),
      created_at integer not null,
      updated_at integer,
      updated_key integer not null generated always as (coalesce(updated_at, 0)) virtual,
      updated_by text,
      deleted_at integer,
      owner_id text,
      username text,
      username_key text not null,
      email text,
      email_key text not null,
      email_verified_at integer,
      first_name text,
      first_name_key text not null,
      last_name text,
      last_name_key text not null,
      display_name text,
      display_name_key text not null,
      phone_number text,
      locale text,
      picture_url text,
      tags text not null check (json_type(tags) = 'array'),
      metadata text not null check (json_type(metadata) = 'object'),
      private_metadata text not null check (json_type(private_metadata) = 'object'),
      required_actions text not null default '[]' check (json_type(required_actions) = 'array'),
      unique (tenant, id),
      check ((status = 'deleted') = (deleted_at is not null))
    ) strict`,
    "create index muster_users_by_created_at on muster_users (tenant, created_at, id)",
    "create index muster_users_by_updated_at on muster_users (tenant, updated_key, id)",
    "create index muster_users_by_username on muster_users (tenant, username_key, id)",
    "create index muster_users_by_email on muster_users (tenant, email_key, id)",
    "create index muster_users_by_first_name on muster_users (tenant, first_name_key, id)",
    "create index muster_users_by_last_name on muster_users (tenant, last_name_key, id)",
    `create index muster_users_enabled_admins on muster_users (tenant, id) where role = 'admin' and status = 'enabled'`,
    `create index muster_users_deleted on muster_users (tenant, deleted_at, id) where status = 'deleted'`,

    `create trigger muster_users_legal_move before update of status on muster_users
      when old.status <> new.status and (old.status, new.status) not in (values
        ('pending', 'enabled'), ('pending', 'disabled'), ('pending', 'deleted'),
        ('enabled', 'disabled'), ('enabled', 'deleted'),
        ('disabled', 'enabled'), ('disabled', 'deleted'),
        ('deleted', 'disabled'))
      begin
        select raise(abort, 'muster: this move of a user''s status is not legal');
      end`,
    // A user without sign-in facts is one whose insertion was refused half-way and is taken back.
    `create trigger muster_users_legal_removal before delete on muster_users
      when old.status <> 'deleted' and exists (
        select 1 from muster_user_sign_ins where user_seq = old.seq and tenant = old.tenant
      )
      begin
        select raise(abort, 'muster: only a deleted user can be removed');
      end`,

    `create table muster_user_identifiers (
      tenant text not null,
      canonical text not null,
      user_seq integer not null,
      primary key (tenant, canonical)
    ) strict, without rowid`,

    `create table muster_user_sign_ins (
      user_seq integer primary key references muster_users (seq) on delete cascade,
      tenant text not null,
      user_id text not null,
      first_login_at integer,
      last_login_at integer,
      last_login_key integer not null generated always as (coalesce(last_login_at, 0)) virtual,
      login_count integer not null check (login_count >= 0)
    ) strict`,
    "create index muster_user_sign_ins_by_last_login on muster_user_sign_ins (tenant, last_login_key, user_id)",

    `create table muster_user_marks (
      tenant text not null,
      mark text not null,
      created_at integer not null,
      user_id text not null,
      user_seq integer not null,
      primary key (tenant, mark, created_at, user_id)
    ) strict, without rowid`,

    `create virtual table muster_user_search using fts5 (
      username_key, email_key, first_name_key, last_name_key, display_name_key,
      content = muster_users, content_rowid = 'seq',
      tokenize = 'trigram case_sensitive 1', detail = none, columnsize = 0
    )`,

    `create table muster_user_credentials (
      tenant text not null,
      user_id text not null,
      password_hash text not null,
      changed_at integer not null,
      primary key (tenant, user_id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict, without rowid`,

    `create table muster_sessions (
      tenant text not null,
      id text not null,
      user_id text not null,
      created_at integer not null,
      refreshed_at integer,
      expires_at integer not null,
      revoked_at integer,
      ended_at integer not null generated always as (min(expires_at, coalesce(revoked_at, expires_at))) virtual,
      client_address text,
      client_user_agent text,
      authenticated_at integer not null,
      methods text not null,
      refresh_hash blob not null,
      previous_hash blob,
      successor_box blob,
      primary key (tenant, id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    ) strict`,
    "create index muster_sessions_by_user on muster_sessions (tenant, user_id, created_at, id)",
    "create index muster_sessions_by_end on muster_sessions (ended_at)",

    `create table muster_keys (
      id text not null primary key,
      purpose text not null,
      algorithm text not null,
      secret_jwk text not null,
      created_at integer not null,
      active_at integer not null,
      follows text not null,
      unique (purpose, follows)
    ) strict`,

    `create table muster_access_changes (
      seq integer primary key,
      tenant text not null,
      user_id text not null,
      at integer not null
    ) strict`,

    `create table muster_audit_events (
      tenant text not null,
      id text not null,
      at integer not null,
      type text not null,
      actor_kind text not null check (actor_kind in ('system', 'anonymous', 'user')),
      actor_id text,
      actor_session_id text,
      user_id text not null,
      session_id text,
      changes text not null check (json_type(changes) = 'array'),
      primary key (tenant, id)
    ) strict, without rowid`,
    "create index muster_audit_events_by_user on muster_audit_events (tenant, user_id, id)",
    "create index muster_audit_events_by_type on muster_audit_events (tenant, type, id)",
    "create index muster_audit_events_by_actor on muster_audit_events (tenant, actor_id, id) where actor_id is not null",
  ],
};
