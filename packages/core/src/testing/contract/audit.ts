import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { AuditSelection } from "../../ports/audit-log.ts";
import type { Storage } from "../../ports/storage.ts";
import { aUser, moment } from "../a-user.ts";
import { anAuditEvent } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const append = (storage: Storage, events: readonly AuditEvent[], where: string = tenant) =>
  storage.transact(({ audit }) => Effect.forEach(events, (event) => audit.append(where, event)));

const idsOf = (storage: Storage, selection: Partial<AuditSelection>) =>
  Effect.map(storage.audit.list(tenant, { limit: 100, ...selection }), (events) => events.map(({ id }) => id));

/** The audit log. */
export const audit: Room = {
  about: "audit",
  cases: {
    "events come back as appended, whoever acted": Effect.fnUntraced(function* (storage) {
      const events = [
        anAuditEvent({ id: "3", type: "user.created", changes: ["username", "email", 'meta"data'] }),
        anAuditEvent({ id: "2", type: "session.started", actor: { kind: "anonymous" }, sessionId: "session-1" }),
        anAuditEvent({ id: "1", actor: { kind: "user", id: "jane", sessionId: "session-2" }, at: moment(999) }),
      ];
      yield* append(storage, events);
      assert.deepEqual(yield* storage.audit.list(tenant, { limit: 10 }), events);
    }),

    "events are listed newest first by id, in whatever order they came": Effect.fnUntraced(function* (storage) {
      yield* append(
        storage,
        ["b", "d", "A", "c", "a"].map((id) => anAuditEvent({ id })),
      );
      assert.deepEqual(yield* idsOf(storage, {}), ["d", "c", "b", "a", "A"]);
    }),

    "a list is cut at its limit and goes on below an id": Effect.fnUntraced(function* (storage) {
      yield* append(
        storage,
        ["1", "2", "3", "4", "5"].map((id) => anAuditEvent({ id })),
      );
      assert.deepEqual(yield* idsOf(storage, { limit: 2 }), ["5", "4"]);
      assert.deepEqual(yield* idsOf(storage, { limit: 2, olderThanId: "4" }), ["3", "2"]);
      assert.deepEqual(yield* idsOf(storage, { limit: 2, olderThanId: "2" }), ["1"]);
      assert.deepEqual(yield* idsOf(storage, { limit: 2, olderThanId: "1" }), []);
    }),

    "events are chosen by id, user, actor, type and time, both bounds exclusive": Effect.fnUntraced(
      function* (storage) {
        const jane = { kind: "user", id: "jane", sessionId: "s" } as const;
        yield* append(storage, [
          anAuditEvent({ id: "1", userId: "jane", type: "user.created", at: moment(10) }),
          anAuditEvent({ id: "2", userId: "joe", actor: jane, type: "user.updated", at: moment(20) }),
          anAuditEvent({ id: "3", userId: "jane", actor: jane, type: "user.updated", at: moment(30) }),
          anAuditEvent({
            id: "4",
            userId: "jane",
            actor: { ...jane, id: "joe" },
            type: "user.updated",
            at: moment(40),
          }),
        ]);
        assert.deepEqual(yield* idsOf(storage, { ids: ["2", "4", "unknown"] }), ["4", "2"]);
        assert.deepEqual(yield* idsOf(storage, { userId: "jane" }), ["4", "3", "1"]);
        assert.deepEqual(yield* idsOf(storage, { actorId: "jane" }), ["3", "2"]);
        assert.deepEqual(yield* idsOf(storage, { type: "user.updated" }), ["4", "3", "2"]);
        assert.deepEqual(yield* idsOf(storage, { after: moment(10), before: moment(40) }), ["3", "2"]);
        assert.deepEqual(yield* idsOf(storage, { userId: "jane", actorId: "jane", type: "user.created" }), []);
        assert.deepEqual(yield* idsOf(storage, { userId: "jane", type: "user.updated", olderThanId: "4" }), ["3"]);
      },
    ),

    "another tenant sees none of it": Effect.fnUntraced(function* (storage) {
      yield* append(storage, [anAuditEvent({ id: "1" })]);
      yield* append(storage, [anAuditEvent({ id: "2" })], "other");
      assert.deepEqual(yield* idsOf(storage, {}), ["1"]);
    }),

    "events outlive their user": Effect.fnUntraced(function* (storage) {
      const jane = aUser({ status: "deleted" });
      yield* storage.transact(({ users }) => users.insert(tenant, jane));
      yield* append(storage, [anAuditEvent({ id: "1", userId: jane.id })]);
      yield* storage.transact(({ users }) => users.remove(tenant, jane.id));
      assert.deepEqual(yield* idsOf(storage, { userId: jane.id }), ["1"]);
    }),
  },
};
