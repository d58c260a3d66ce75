import type { SessionClient, StoredSession } from "@muster/core/ports";
import type { Selectable } from "kysely";
import type { SessionsTable } from "./tables.ts";

export const sessionColumns = [
  "id",
  "user_id",
  "created_at",
  "refreshed_at",
  "expires_at",
  "revoked_at",
  "client_address",
  "client_user_agent",
  "authenticated_at",
  "methods",
  "refresh_hash",
  "previous_hash",
  "successor_box",
] as const;

export type SessionRow = Pick<Selectable<SessionsTable>, (typeof sessionColumns)[number]>;

export const sessionOf = (row: SessionRow): StoredSession => ({
  id: row.id,
  userId: row.user_id,
  createdAt: new Date(Number(row.created_at)),
  refreshedAt: dateOf(row.refreshed_at),
  expiresAt: new Date(Number(row.expires_at)),
  revokedAt: dateOf(row.revoked_at),
  client: clientOf(row),
  authenticatedAt: new Date(Number(row.authenticated_at)),
  methods: row.methods === "" ? [] : row.methods.split(" "),
  refreshHash: bytesOf(row.refresh_hash),
  previousHash: row.previous_hash === null ? null : bytesOf(row.previous_hash),
  successorBox: row.successor_box === null ? null : bytesOf(row.successor_box),
});

export const sessionValuesOf = (session: StoredSession): SessionRow => ({
  id: session.id,
  user_id: session.userId,
  created_at: session.createdAt.getTime(),
  refreshed_at: session.refreshedAt?.getTime() ?? null,
  expires_at: session.expiresAt.getTime(),
  revoked_at: session.revokedAt?.getTime() ?? null,
  client_address: session.client.address ?? null,
  client_user_agent: session.client.userAgent ?? null,
  authenticated_at: session.authenticatedAt.getTime(),
  methods: session.methods.join(" "),
  refresh_hash: session.refreshHash,
  previous_hash: session.previousHash,
  successor_box: session.successorBox,
});

const clientOf = (row: SessionRow): SessionClient => ({
  ...(row.client_address === null ? {} : { address: row.client_address }),
  ...(row.client_user_agent === null ? {} : { userAgent: row.client_user_agent }),
});

/** Drivers answer Buffers, whose methods differ from those of the plain arrays callers compare with. */
const bytesOf = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes);
const dateOf = (time: number | null): Date | null => (time === null ? null : new Date(Number(time)));
