import type { Migration } from "@muster/store-kysely";

/**
 * Users, sessions, keys, access changes and audit events, as the SQLite store has them. Every key of what belongs to a
 * tenant starts with it, so that a cluster can keep tenants on different machines. Texts compare byte by byte,
 * whatever the locale of the database. Key columns hold comparable forms, `''` for absent ones; the sort keys of
 * instants hold 0 for absent ones. Our names after `table`, `on`, `references` and `function` get their schema.
 */
export const users: Migration = {
  version: 1,
  name: "users",
  statements: [
    `create table muster_users (
      seq bigint generated always as identity,
      tenant text collate "C" not null,
      id text collate "C" not null,
      status text collate "C" not null check (status in ('pending', 'enabled', 'disabled', 'deleted')),
      role text collate "C" not null check (role in ('user', 'admin')),
      version integer not null check (version >= 1),
      created_at bigint not null,
      updated_at bigint,
      updated_key bigint not null generated always as (coalesce(updated_at, 0)) stored,
      updated_by text collate "C",
      deleted_at bigint,
      owner_id text collate "C",
      username text collate "C",
      username_key text collate "C" not null,
      email text collate "C",
      email_key text collate "C" not null,
      email_verified_at bigint,
      first_name text collate "C",
      first_name_key text collate "C" not null,
      last_name text collate "C",
      last_name_key text collate "C" not null,
      display_name text collate "C",
      display_name_key text collate "C" not null,
      phone_number text collate "C",
      locale text collate "C",
      picture_url text collate "C",
      tags jsonb not null check (jsonb_typeof(tags) = 'array'),
      metadata jsonb not null check (jsonb_typeof(metadata) = 'object'),
      private_metadata jsonb not null check (jsonb_typeof(private_metadata) = 'object'),
      required_actions jsonb not null default '[]' check (jsonb_typeof(required_actions) = 'array'),
      primary key (tenant, seq),
      unique (tenant, id),
      check ((status = 'deleted') = (deleted_at is not null))
    )`,
    "create index muster_users_by_created_at on muster_users (tenant, created_at, id)",
    "create index muster_users_by_updated_at on muster_users (tenant, updated_key, id)",
    "create index muster_users_by_username on muster_users (tenant, username_key, id)",
    "create index muster_users_by_email on muster_users (tenant, email_key, id)",
    "create index muster_users_by_first_name on muster_users (tenant, first_name_key, id)",
    "create index muster_users_by_last_name on muster_users (tenant, last_name_key, id)",
    `create index muster_users_enabled_admins on muster_users (tenant, id) where role = 'admin' and status = 'enabled'`,
    `create index muster_users_deleted on muster_users (tenant, deleted_at, id) where status = 'deleted'`,

    `create function muster_users_legal_move() returns trigger language plpgsql as $$
      begin
        if old.status <> new.status and (old.status, new.status) not in (values
          ('pending', 'enabled'), ('pending', 'disabled'), ('pending', 'deleted'),
          ('enabled', 'disabled'), ('enabled', 'deleted'),
          ('disabled', 'enabled'), ('disabled', 'deleted'),
          ('deleted', 'disabled'))
        then
          raise exception 'muster: this move of a user''s status is not legal' using errcode = 'check_violation';
        end if;
        return new;
      end
    $$`,
    `create trigger muster_users_legal_move before update of status on muster_users
      for each row when (old.status is distinct from new.status) execute function muster_users_legal_move()`,
    // A user without sign-in facts is one whose insertion was refused half-way and is taken back.
    `create function muster_users_legal_removal() returns trigger language plpgsql as $$
      begin
        if old.status <> 'deleted' and exists (
          select from muster_user_sign_ins where tenant = old.tenant and user_seq = old.seq
        ) then
          raise exception 'muster: only a deleted user can be removed' using errcode = 'check_violation';
        end if;
        return old;
      end
    $$`,
    `create trigger muster_users_legal_removal before delete on muster_users
      for each row execute function muster_users_legal_removal()`,

    `create table muster_user_identifiers (
      tenant text collate "C" not null,
      canonical text collate "C" not null,
      user_seq bigint not null,
      primary key (tenant, canonical)
    )`,

    `create table muster_user_sign_ins (
      tenant text collate "C" not null,
      user_seq bigint not null,
      user_id text collate "C" not null,
      first_login_at bigint,
      last_login_at bigint,
      last_login_key bigint not null generated always as (coalesce(last_login_at, 0)) stored,
      login_count integer not null check (login_count >= 0),
      primary key (tenant, user_seq),
      foreign key (tenant, user_seq) references muster_users (tenant, seq) on delete cascade
    )`,
    "create index muster_user_sign_ins_by_last_login on muster_user_sign_ins (tenant, last_login_key, user_id)",

    `create table muster_user_marks (
      tenant text collate "C" not null,
      mark text collate "C" not null,
      created_at bigint not null,
      user_id text collate "C" not null,
      user_seq bigint not null,
      primary key (tenant, mark, created_at, user_id)
    )`,

    `create table muster_user_credentials (
      tenant text collate "C" not null,
      user_id text collate "C" not null,
      password_hash text collate "C" not null,
      changed_at bigint not null,
      primary key (tenant, user_id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    )`,

    `create table muster_sessions (
      tenant text collate "C" not null,
      id text collate "C" not null,
      user_id text collate "C" not null,
      created_at bigint not null,
      refreshed_at bigint,
      expires_at bigint not null,
      revoked_at bigint,
      ended_at bigint not null generated always as (least(expires_at, coalesce(revoked_at, expires_at))) stored,
      client_address text collate "C",
      client_user_agent text collate "C",
      authenticated_at bigint not null,
      methods text collate "C" not null,
      refresh_hash bytea not null,
      previous_hash bytea,
      successor_box bytea,
      primary key (tenant, id),
      foreign key (tenant, user_id) references muster_users (tenant, id) on delete cascade
    )`,
    "create index muster_sessions_by_user on muster_sessions (tenant, user_id, created_at, id)",
    "create index muster_sessions_by_end on muster_sessions (ended_at)",

    `create table muster_keys (
      id text collate "C" not null primary key,
      purpose text collate "C" not null,
      algorithm text collate "C" not null,
      secret_jwk text collate "C" not null,
      created_at bigint not null,
      active_at bigint not null,
      follows text collate "C" not null,
      unique (purpose, follows)
    )`,

    `create table muster_access_changes (
      id bigint generated always as identity primary key,
      seq bigint unique,
      tenant text collate "C" not null,
      user_id text collate "C" not null,
      at bigint not null
    )`,

    `create table muster_audit_events (
      tenant text collate "C" not null,
      id text collate "C" not null,
      at bigint not null,
      type text collate "C" not null,
      actor_kind text collate "C" not null check (actor_kind in ('system', 'anonymous', 'user')),
      actor_id text collate "C",
      actor_session_id text collate "C",
      user_id text collate "C" not null,
      session_id text collate "C",
      changes jsonb not null check (jsonb_typeof(changes) = 'array'),
      primary key (tenant, id)
    )`,
    "create index muster_audit_events_by_user on muster_audit_events (tenant, user_id, id)",
    "create index muster_audit_events_by_type on muster_audit_events (tenant, type, id)",
    "create index muster_audit_events_by_actor on muster_audit_events (tenant, actor_id, id) where actor_id is not null",
  ],
};
