import * as Effect from "effect/Effect";
import type { AuditEvent } from "../audit/audit-event.ts";
import { compareCodePoints } from "../kernel/text.ts";
import type { AccessChanges } from "../ports/access-changes.ts";
import type { AuditLog, AuditSelection } from "../ports/audit-log.ts";
import type { KeyStore, StoredKey } from "../ports/key-store.ts";
import { type Run, type Tables, tablesOf } from "./memory-tables.ts";

export const memoryAudit = (tables: Tables, run: Run): AuditLog => ({
  append: (tenant, event) =>
    run((journal) => {
      const { audit } = tablesOf(tables, tenant);
      if (audit.has(event.id)) throw new Error("Two audit events with one id.");
      journal.set(audit, event.id, copyOfEvent(event));
      return Effect.void;
    }),

  list: (tenant, selection) =>
    run(() => {
      const found = [...tablesOf(tables, tenant).audit.values()].filter((event) => isSelected(event, selection));
      found.sort((left, right) => compareCodePoints(right.id, left.id));
      return Effect.succeed(found.slice(0, selection.limit).map(copyOfEvent));
    }),
});

export const memoryKeys = (tables: Tables, run: Run): KeyStore => ({
  list: () =>
    run(() => {
      const oldestFirst = (left: StoredKey, right: StoredKey): number =>
        left.createdAt.getTime() - right.createdAt.getTime() || compareCodePoints(left.id, right.id);
      return Effect.succeed([...tables.keys.values()].sort(oldestFirst).map(copyOfKey));
    }),

  insert: (key) =>
    run((journal) => {
      for (const { id, purpose, follows } of tables.keys.values()) {
        if (purpose === key.purpose && follows === key.follows) return Effect.succeed(false);
        if (id === key.id) throw new Error("Two keys with one id.");
      }
      journal.set(tables.keys, key.id, copyOfKey(key));
      return Effect.succeed(true);
    }),

  replaceSecret: (id, from, to) =>
    run((journal) => {
      const key = tables.keys.get(id);
      if (key?.secretJwk !== from) return Effect.succeed(false);
      journal.set(tables.keys, id, { ...key, secretJwk: to });
      return Effect.succeed(true);
    }),

  remove: (id) =>
    run((journal) => {
      if (!tables.keys.has(id)) return Effect.succeed(false);
      journal.remove(tables.keys, id);
      return Effect.succeed(true);
    }),
});

export const memoryAccessChanges = (tables: Tables, run: Run): AccessChanges => ({
  append: (change, at) =>
    run((journal) => {
      const next = (tables.feedMarks.get("latest") ?? 0) + 1;
      journal.set(tables.feed, next, { change: { ...change }, at: at.getTime() });
      journal.set(tables.feedMarks, "latest", next);
      return Effect.void;
    }),

  latest: () => run(() => Effect.succeed(tables.feedMarks.get("latest") ?? 0)),

  since: (cursor) =>
    run(() => {
      const newer = [...tables.feed].filter(([number]) => number > cursor).sort(([left], [right]) => left - right);
      return Effect.succeed({
        cursor: tables.feedMarks.get("latest") ?? 0,
        changes: newer.map(([, { change }]) => ({ ...change })),
        gap: cursor < (tables.feedMarks.get("pruned") ?? 0),
      });
    }),

  prune: (before) =>
    run((journal) => {
      for (const [number, { at }] of [...tables.feed]) {
        if (at >= before.getTime()) continue;
        journal.remove(tables.feed, number);
        journal.set(tables.feedMarks, "pruned", Math.max(number, tables.feedMarks.get("pruned") ?? 0));
      }
      return Effect.void;
    }),
});

const isSelected = (event: AuditEvent, wanted: AuditSelection): boolean =>
  (wanted.ids === undefined || wanted.ids.includes(event.id)) &&
  (wanted.userId === undefined || event.userId === wanted.userId) &&
  (wanted.actorId === undefined || (event.actor.kind === "user" && event.actor.id === wanted.actorId)) &&
  (wanted.type === undefined || event.type === wanted.type) &&
  (wanted.after === undefined || event.at > wanted.after) &&
  (wanted.before === undefined || event.at < wanted.before) &&
  (wanted.olderThanId === undefined || compareCodePoints(event.id, wanted.olderThanId) < 0);

const copyOfEvent = (event: AuditEvent): AuditEvent => ({
  ...event,
  at: new Date(event.at),
  actor: { ...event.actor },
  changes: [...event.changes],
});

const copyOfKey = (key: StoredKey): StoredKey => ({
  ...key,
  createdAt: new Date(key.createdAt),
  activeAt: new Date(key.activeAt),
});
