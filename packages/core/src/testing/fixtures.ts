import type { AuditEvent } from "../audit/audit-event.ts";
import type { Group } from "../group/group.ts";
import type { StoredInvitation } from "../ports/invitation-store.ts";
import type { StoredKey } from "../ports/key-store.ts";
import type { StoredOneTimeToken } from "../ports/one-time-token-store.ts";
import type { NewOutboxEntry } from "../ports/outbox.ts";
import type { StoredSecondFactor } from "../ports/second-factor-store.ts";
import type { Rotation, StoredSession } from "../ports/session-store.ts";
import { moment } from "./a-user.ts";

let made = 0;
const nextId = (kind: string): string => {
  made += 1;
  return `${kind}-${String(made).padStart(6, "0")}`;
};

/** Thirty-two bytes, the same ones for the same number: a token's hash in a test. */
export const aHash = (number: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (number * 31 + index * 7) % 256);

/** A live session of a user: opened at `moment()`, expiring a day later, its token's hash `aHash(1)`. */
export const aSession = (userId: string, overrides: Partial<StoredSession> = {}): StoredSession => ({
  id: nextId("session"),
  userId,
  createdAt: moment(),
  refreshedAt: null,
  expiresAt: moment(86_400_000),
  revokedAt: null,
  client: {},
  authenticatedAt: moment(),
  methods: ["pwd"],
  refreshHash: aHash(1),
  previousHash: null,
  successorBox: null,
  ...overrides,
});

/** The rotation from `aHash(1)` to `aHash(2)`, a minute after the session was opened. */
export const aRotation = (sessionId: string, overrides: Partial<Rotation> = {}): Rotation => ({
  sessionId,
  presentedHash: aHash(1),
  successorHash: aHash(2),
  successorBox: Uint8Array.from([1, 2, 3]),
  at: moment(60_000),
  expiresAt: moment(2 * 86_400_000),
  ...overrides,
});

/** A token of a user to reset the password, hash `aHash(n)` of a number that rises: made at `moment()`, good for an hour. */
export const aOneTimeToken = (userId: string, overrides: Partial<StoredOneTimeToken> = {}): StoredOneTimeToken => {
  made += 1;
  return {
    hash: aHash(made),
    purpose: "password_reset",
    userId,
    address: "Jane@x.test",
    boundTo: aHash(0),
    createdAt: moment(),
    expiresAt: moment(3_600_000),
    ...overrides,
  };
};

/** An open invitation of a user by the system, with ids that rise from call to call: good for an hour. */
export const anInvitation = (userId: string, overrides: Partial<StoredInvitation> = {}): StoredInvitation => ({
  id: nextId("invitation"),
  userId,
  email: "Jane@x.test",
  invitedBy: null,
  state: "open",
  createdAt: moment(),
  expiresAt: moment(3_600_000),
  endedAt: null,
  ...overrides,
});

/** A factor of a user that is not confirmed yet, made at `moment()`. */
export const aSecondFactor = (userId: string, overrides: Partial<StoredSecondFactor> = {}): StoredSecondFactor => ({
  id: nextId("factor"),
  userId,
  kind: "totp",
  name: "Phone",
  createdAt: moment(),
  confirmedAt: null,
  lastUsedAt: null,
  lastStep: 0,
  secretBox: Uint8Array.from([1, 2, 3]),
  ...overrides,
});

/** An audit event by the system, with ids that rise from call to call. */
export const anAuditEvent = (overrides: Partial<AuditEvent> = {}): AuditEvent => ({
  id: nextId("event"),
  at: moment(),
  type: "user.updated",
  actor: { kind: "system" },
  userId: "somebody",
  sessionId: null,
  changes: [],
  ...overrides,
});

/** An entry of the topic `mail` for a user of its own, available at once. */
export const anOutboxEntry = (overrides: Partial<NewOutboxEntry> = {}): NewOutboxEntry => ({
  id: nextId("entry"),
  topic: "mail",
  userId: nextId("reader"),
  payload: {},
  createdAt: moment(),
  availableAt: moment(),
  ...overrides,
});

/** A key that opens nothing. */
export const aKey = (overrides: Partial<StoredKey> = {}): StoredKey => ({
  id: nextId("key"),
  purpose: "access_token",
  algorithm: "EdDSA",
  secretJwk: '{"kty":"OKP"}',
  createdAt: moment(),
  activeAt: moment(),
  follows: "",
  ...overrides,
});

/** A group at the top, enabled, of a name of its own. */
export const aGroup = (overrides: Partial<Group> = {}): Group => {
  const id = nextId("group");
  return {
    id,
    name: id,
    description: null,
    parentId: null,
    metadata: {},
    status: "enabled",
    createdAt: moment(),
    updatedAt: null,
    version: 1,
    ...overrides,
  };
};
