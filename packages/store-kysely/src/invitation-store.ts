import type { InvitationSelection, InvitationStore, StoredInvitation, StoredInvitationState } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type Selectable, sql } from "kysely";
import type { Builder } from "./builder.ts";
import type { Executor } from "./executor.ts";
import { compiled, fixedQuery, type HoleOf } from "./fixed-query.ts";
import type { InvitationsTable } from "./tables.ts";

type Row = Selectable<InvitationsTable>;

const columns = ["id", "user_id", "email", "invited_by", "state", "created_at", "expires_at", "ended_at"] as const;
const open = sql.lit<StoredInvitationState>("open");

export const invitationStore = (db: Builder): ((executor: Executor) => InvitationStore) => {
  const insert = fixedQuery((value: HoleOf<Row>) =>
    db.insertInto("muster_invitations").values({
      tenant: value("tenant"),
      id: value("id"),
      user_id: value("user_id"),
      email: value("email"),
      invited_by: value("invited_by"),
      state: value("state"),
      created_at: value("created_at"),
      expires_at: value("expires_at"),
      ended_at: value("ended_at"),
    }),
  );

  const find = fixedQuery((value: HoleOf<{ tenant: string; id: string }>) =>
    db
      .selectFrom("muster_invitations")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id")),
  );

  const findOpen = fixedQuery((value: HoleOf<{ tenant: string; userId: string }>) =>
    db
      .selectFrom("muster_invitations")
      .select(columns)
      .where("tenant", "=", value("tenant"))
      .where("user_id", "=", value("userId"))
      .where("state", "=", open),
  );

  const renew = fixedQuery((value: HoleOf<{ tenant: string; id: string; email: string; expiresAt: number }>) =>
    db
      .updateTable("muster_invitations")
      .set({ email: value("email"), expires_at: value("expiresAt") })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("state", "=", open),
  );

  const end = fixedQuery((value: HoleOf<{ tenant: string; id: string; ended: string; at: number }>) =>
    db
      .updateTable("muster_invitations")
      .set({ state: value("ended"), ended_at: value("at") })
      .where("tenant", "=", value("tenant"))
      .where("id", "=", value("id"))
      .where("state", "=", open),
  );

  const list = (tenant: string, { userId, state, now, beforeId, limit }: InvitationSelection) => {
    const isOpen = state === "pending" || state === "expired";
    let query = db.selectFrom("muster_invitations").select(columns).where("tenant", "=", tenant);
    if (userId !== undefined) query = query.where("user_id", "=", userId);
    if (state !== undefined) query = query.where("state", "=", isOpen ? "open" : state);
    if (isOpen) query = query.where("expires_at", state === "pending" ? ">" : "<=", now.getTime());
    if (beforeId !== undefined) query = query.where("id", "<", beforeId);
    return compiled(query.orderBy("id", "desc").limit(limit));
  };

  const count = fixedQuery((value: HoleOf<{ tenant: string; now: number }>) =>
    db
      .selectFrom("muster_invitations")
      .select((eb) => [
        "state",
        eb.fn.countAll<number>().as("all"),
        eb.fn
          .sum<number>(eb.case().when("expires_at", "<=", value("now")).then(eb.lit(1)).else(eb.lit(0)).end())
          .as("late"),
      ])
      .where("tenant", "=", value("tenant"))
      .groupBy("state"),
  );

  return (executor) => ({
    insert: (tenant, invitation) => Effect.asVoid(executor.run(insert({ tenant, ...valuesOf(invitation) }))),
    find: (tenant, id) => Effect.map(executor.first(find({ tenant, id })), found),
    findOpen: (tenant, userId) => Effect.map(executor.first(findOpen({ tenant, userId })), found),
    renew: (tenant, id, email, expiresAt) =>
      Effect.map(executor.run(renew({ tenant, id, email, expiresAt: expiresAt.getTime() })), isOne),
    end: (tenant, id, ended, at) => Effect.map(executor.run(end({ tenant, id, ended, at: at.getTime() })), isOne),
    list: (tenant, selection) => Effect.map(executor.all(list(tenant, selection)), (rows) => rows.map(invitationOf)),
    count: (tenant, now) =>
      Effect.map(executor.all(count({ tenant, now: now.getTime() })), (rows) => {
        const of = (state: StoredInvitationState) => rows.find((row) => row.state === state);
        const [all, late] = [Number(of("open")?.all ?? 0), Number(of("open")?.late ?? 0)];
        const [accepted, revoked] = [Number(of("accepted")?.all ?? 0), Number(of("revoked")?.all ?? 0)];
        return { pending: all - late, accepted, revoked, expired: late };
      }),
  });
};

const isOne = (changed: number): boolean => changed === 1;

const valuesOf = (invitation: StoredInvitation): Omit<Row, "tenant"> => ({
  id: invitation.id,
  user_id: invitation.userId,
  email: invitation.email,
  invited_by: invitation.invitedBy,
  state: invitation.state,
  created_at: invitation.createdAt.getTime(),
  expires_at: invitation.expiresAt.getTime(),
  ended_at: invitation.endedAt?.getTime() ?? null,
});

const found = (row: Omit<Row, "tenant"> | undefined): Option.Option<StoredInvitation> =>
  Option.map(Option.fromUndefinedOr(row), invitationOf);

const invitationOf = (row: Omit<Row, "tenant">): StoredInvitation => ({
  id: row.id,
  userId: row.user_id,
  email: row.email,
  invitedBy: row.invited_by,
  state: row.state as StoredInvitationState,
  createdAt: new Date(Number(row.created_at)),
  expiresAt: new Date(Number(row.expires_at)),
  endedAt: row.ended_at === null ? null : new Date(Number(row.ended_at)),
});
