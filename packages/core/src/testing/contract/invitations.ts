import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { InvitationSelection, StoredInvitation } from "../../ports/invitation-store.ts";
import type { Storage } from "../../ports/storage.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { anInvitation } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const insertUser = Effect.fnUntraced(function* (storage: Storage, where = tenant) {
  const user = aUser();
  yield* storage.transact(({ users }) => users.insert(where, user));
  return user;
});

const invite = Effect.fnUntraced(function* (
  storage: Storage,
  overrides: Partial<StoredInvitation> = {},
  where = tenant,
) {
  const invitation = anInvitation((yield* insertUser(storage, where)).id, overrides);
  yield* storage.transact(({ invitations }) => invitations.insert(where, invitation));
  return invitation;
});

const end = (storage: Storage, id: string, state: "accepted" | "revoked", where = tenant) =>
  storage.transact(({ invitations }) => invitations.end(where, id, state, moment(50)));

const ids = Effect.fnUntraced(function* (storage: Storage, selection: Partial<InvitationSelection>) {
  const found = yield* storage.invitations.list(tenant, { now: moment(100), limit: 10, ...selection });
  return found.map(({ id }) => id);
});

/** Who was invited, and what became of it. */
export const invitations: Room = {
  about: "invitations",
  cases: {
    "an invitation comes back as it was inserted, in its tenant only": Effect.fnUntraced(function* (storage) {
      const given = yield* invite(storage, { email: "Jäne+a@x.test", invitedBy: "an-admin" });
      assert.deepEqual(yield* storage.invitations.find(tenant, given.id), Option.some(given));
      assert.deepEqual(yield* storage.invitations.findOpen(tenant, given.userId), Option.some(given));
      assert.deepEqual(yield* storage.invitations.find("other", given.id), Option.none());
      assert.deepEqual(yield* storage.invitations.findOpen("other", given.userId), Option.none());
      assert.deepEqual(yield* storage.invitations.find(tenant, "nobody"), Option.none());
    }),

    "an invitation ends once, and then stays as it ended": Effect.fnUntraced(function* (storage) {
      const given = yield* invite(storage);
      assert.equal(yield* end(storage, given.id, "revoked", "other"), false);
      assert.equal(yield* end(storage, given.id, "accepted"), true);
      assert.equal(yield* end(storage, given.id, "accepted"), false);
      assert.equal(yield* end(storage, given.id, "revoked"), false);
      const ended = { ...given, state: "accepted", endedAt: moment(50) };
      assert.deepEqual(yield* storage.invitations.find(tenant, given.id), Option.some(ended));
      assert.deepEqual(yield* storage.invitations.findOpen(tenant, given.userId), Option.none());
    }),

    "an open invitation gets another address and time, one that ended does not": Effect.fnUntraced(function* (storage) {
      const [given, another] = [yield* invite(storage), yield* invite(storage)];
      const renew = (id: string, where = tenant) =>
        storage.transact(({ invitations }) => invitations.renew(where, id, "new@x.test", moment(700)));
      assert.equal(yield* renew(given.id, "other"), false);
      assert.equal(yield* renew(given.id), true);
      const renewed = { ...given, email: "new@x.test", expiresAt: moment(700) };
      assert.deepEqual(yield* storage.invitations.find(tenant, given.id), Option.some(renewed));
      assert.deepEqual(yield* storage.invitations.find(tenant, another.id), Option.some(another));
      yield* end(storage, another.id, "revoked");
      assert.equal(yield* renew(another.id), false);
    }),

    "who had an invitation that ended may have another": Effect.fnUntraced(function* (storage) {
      const first = yield* invite(storage);
      yield* end(storage, first.id, "revoked");
      const second = anInvitation(first.userId);
      yield* storage.transact(({ invitations }) => invitations.insert(tenant, second));
      assert.deepEqual(yield* storage.invitations.findOpen(tenant, first.userId), Option.some(second));
      assert.deepEqual(yield* ids(storage, { userId: first.userId }), [second.id, first.id]);
    }),

    "a second open invitation of one user is a defect": Effect.fnUntraced(function* (storage) {
      const first = yield* invite(storage);
      const twice = storage.transact(({ invitations }) => invitations.insert(tenant, anInvitation(first.userId)));
      assert.equal((yield* Effect.exit(twice))._tag, "Failure");
      assert.deepEqual(yield* ids(storage, {}), [first.id]);
    }),

    "invitations are listed by state and user, highest id first, and counted": Effect.fnUntraced(function* (storage) {
      const pending = yield* invite(storage, { expiresAt: moment(101) });
      const onTheInstant = yield* invite(storage, { expiresAt: moment(100) });
      const expired = yield* invite(storage, { expiresAt: moment(99) });
      const [accepted, revoked] = [yield* invite(storage), yield* invite(storage)];
      const later = yield* invite(storage);
      yield* invite(storage, {}, "other");
      yield* end(storage, accepted.id, "accepted");
      yield* end(storage, revoked.id, "revoked");
      const all = [later, revoked, accepted, expired, onTheInstant, pending].map(({ id }) => id);
      assert.deepEqual(yield* ids(storage, {}), all);
      assert.deepEqual(yield* ids(storage, { limit: 2 }), all.slice(0, 2));
      assert.deepEqual(yield* ids(storage, { limit: 2, beforeId: revoked.id }), all.slice(2, 4));
      assert.deepEqual(yield* ids(storage, { state: "pending" }), [later.id, pending.id]);
      assert.deepEqual(yield* ids(storage, { state: "expired" }), [expired.id, onTheInstant.id]);
      assert.deepEqual(yield* ids(storage, { state: "accepted" }), [accepted.id]);
      assert.deepEqual(yield* ids(storage, { state: "revoked" }), [revoked.id]);
      assert.deepEqual(yield* ids(storage, { state: "pending", userId: pending.userId }), [pending.id]);
      assert.deepEqual(yield* ids(storage, { state: "pending", userId: expired.userId }), []);
      const counts = yield* storage.invitations.count(tenant, moment(100));
      assert.deepEqual(counts, { pending: 2, accepted: 1, revoked: 1, expired: 2 });
      const none = yield* storage.invitations.count("empty", moment(100));
      assert.deepEqual(none, { pending: 0, accepted: 0, revoked: 0, expired: 0 });
    }),

    "the invitations of a user go with the user": Effect.fnUntraced(function* (storage) {
      const [jane, given] = [yield* insertUser(storage), yield* invite(storage)];
      const hers = anInvitation(jane.id);
      yield* storage.transact(({ invitations }) => invitations.insert(tenant, hers));
      yield* storage.transact(({ users }) =>
        Effect.andThen(users.update(tenant, jane, changed(jane, { status: "deleted" })), users.remove(tenant, jane.id)),
      );
      assert.deepEqual(yield* ids(storage, {}), [given.id]);
    }),

    "of 20 callers who end one invitation in different ways exactly one succeeds": Effect.fnUntraced(
      function* (storage, again) {
        const given = yield* invite(storage);
        const both = [storage, yield* again];
        const answers = yield* Effect.all(
          Array.from({ length: 20 }, (_, caller) =>
            end(both[caller % 2] ?? storage, given.id, caller % 4 < 2 ? "accepted" : "revoked"),
          ),
          { concurrency: "unbounded" },
        );
        assert.equal(answers.filter((won) => won).length, 1);
      },
    ),
  },
};
