import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoredSession } from "../../ports/session-store.ts";
import type { Storage } from "../../ports/storage.ts";
import type { User } from "../../user/user.ts";
import { aUser, changed, moment } from "../a-user.ts";
import { aHash, aRotation, aSession } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const passwordHash = "$argon2id$right";

const aLogin = (storage: Storage, overrides: Partial<User> = {}, where: string = tenant) =>
  storage.transact(({ users, credentials }) => {
    const user = aUser(overrides);
    return users
      .insert(where, user)
      .pipe(Effect.andThen(credentials.put(where, user.id, passwordHash, moment())), Effect.as(user));
  });

const insert = (storage: Storage, session: StoredSession, hash: string = passwordHash, where: string = tenant) =>
  storage.transact(({ sessions }) => sessions.insert(where, session, hash));

const rotate = (storage: Storage, rotation: ReturnType<typeof aRotation>, where: string = tenant) =>
  storage.transact(({ sessions }) => sessions.rotate(where, rotation));

const revoke = (storage: Storage, id: string, at: Date) =>
  storage.transact(({ sessions }) => sessions.revoke(tenant, id, at));

/** Sessions, their refresh tokens and who holds them. */
export const sessions: Room = {
  about: "sessions",
  cases: {
    "a session comes back as inserted": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const full = aSession(jane.id, {
        refreshedAt: moment(5),
        client: { address: "2001:db8::1", userAgent: "Mozilla/5.0 (❤; \"'\\%_)" },
        previousHash: aHash(9),
        successorBox: Uint8Array.from([0, 255, 128, 10]),
      });
      const bare = aSession(jane.id);
      assert.equal(yield* insert(storage, full), true);
      assert.equal(yield* insert(storage, bare), true);
      assert.deepEqual(yield* storage.sessions.find(tenant, full.id), Option.some(full));
      assert.deepEqual(yield* storage.sessions.find(tenant, bare.id), Option.some(bare));
      assert.deepEqual(yield* storage.sessions.find("other", bare.id), Option.none());
      assert.deepEqual(yield* storage.sessions.find(tenant, "nothing"), Option.none());
    }),

    "a session is refused when the user is not enabled": Effect.fnUntraced(function* (storage) {
      for (const status of ["pending", "disabled", "deleted"] as const) {
        const user = yield* aLogin(storage, { status });
        const session = aSession(user.id);
        assert.equal(yield* insert(storage, session), false);
        assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.none());
      }
    }),

    "a session is refused when the password changed meanwhile": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const session = aSession(jane.id);
      yield* storage.transact(({ credentials }) => credentials.put(tenant, jane.id, "$argon2id$new", moment()));
      assert.equal(yield* insert(storage, session), false);
      assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.none());
      assert.equal(yield* insert(storage, session, "$argon2id$new"), true);
    }),

    "a session is refused for a user without a password, for nobody, and for a user of another tenant":
      Effect.fnUntraced(function* (storage) {
        const jane = aUser();
        yield* storage.transact(({ users }) => users.insert(tenant, jane));
        const elsewhere = yield* aLogin(storage, {}, "other");
        assert.equal(yield* insert(storage, aSession(jane.id)), false);
        assert.equal(yield* insert(storage, aSession("nobody")), false);
        assert.equal(yield* insert(storage, aSession(elsewhere.id)), false);
      }),

    "a rotation spends the current token and keeps what it was told": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const session = aSession(jane.id, { client: { address: "::1" } });
      const rotation = aRotation(session.id);
      yield* insert(storage, session);
      assert.equal(yield* rotate(storage, rotation), true);
      const rotated: StoredSession = {
        ...session,
        refreshedAt: rotation.at,
        expiresAt: rotation.expiresAt,
        refreshHash: aHash(2),
        previousHash: aHash(1),
        successorBox: rotation.successorBox,
      };
      assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.some(rotated));
    }),

    "another proof takes the place of a live session's, and of no other": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const [session, ended] = [aSession(jane.id), aSession(jane.id)];
      yield* insert(storage, session);
      yield* insert(storage, ended);
      const prove = (id: string, where = tenant, at = moment(50)) =>
        storage.transact(({ sessions }) => sessions.reauthenticate(where, id, at, ["pwd", "otp", "mfa"]));
      yield* storage.transact(({ sessions }) => sessions.revoke(tenant, ended.id, moment(1)));
      assert.deepEqual(
        [yield* prove(ended.id), yield* prove("nobody"), yield* prove(session.id, "other")],
        [false, false, false],
      );
      assert.equal(yield* prove(session.id, tenant, session.expiresAt), false);
      assert.equal(yield* prove(session.id), true);
      const proven = { ...session, authenticatedAt: moment(50), methods: ["pwd", "otp", "mfa"] };
      assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.some(proven));
      assert.deepEqual(yield* storage.sessions.find(tenant, ended.id), Option.some({ ...ended, revokedAt: moment(1) }));
    }),

    "a token works once": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const session = aSession(jane.id);
      yield* insert(storage, session);
      assert.equal(yield* rotate(storage, aRotation(session.id)), true);
      assert.equal(yield* rotate(storage, aRotation(session.id, { successorHash: aHash(3) })), false);
      const next = aRotation(session.id, { presentedHash: aHash(2), successorHash: aHash(3) });
      assert.equal(yield* rotate(storage, next), true);
    }),

    "a rotation is refused for another hash, session or tenant": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const session = aSession(jane.id);
      yield* insert(storage, session);
      assert.equal(yield* rotate(storage, aRotation(session.id, { presentedHash: aHash(4) })), false);
      assert.equal(yield* rotate(storage, aRotation(session.id, { presentedHash: aHash(1).slice(0, 31) })), false);
      assert.equal(yield* rotate(storage, aRotation("nothing")), false);
      assert.equal(yield* rotate(storage, aRotation(session.id), "other"), false);
      assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.some(session));
    }),

    "a rotation is refused once the session is revoked or expired": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const [revoked, expired] = [aSession(jane.id), aSession(jane.id, { expiresAt: moment(60_000) })];
      yield* insert(storage, revoked);
      yield* insert(storage, expired);
      yield* revoke(storage, revoked.id, moment(1));
      assert.equal(yield* rotate(storage, aRotation(revoked.id)), false);
      assert.equal(yield* rotate(storage, aRotation(expired.id, { at: moment(60_000) })), false);
      assert.equal(yield* rotate(storage, aRotation(expired.id, { at: moment(59_999) })), true);
    }),

    "the holder of a live session is its user, with the role and required actions of the moment": Effect.fnUntraced(
      function* (storage) {
        const jane = yield* aLogin(storage);
        const session = aSession(jane.id);
        yield* insert(storage, session);
        const holder = (now: Date) => storage.sessions.findHolder(tenant, session.id, now);
        assert.deepEqual(yield* holder(moment(1)), Option.some({ userId: jane.id, role: "user", requiredActions: [] }));
        const requiredActions = ["B_SECOND", "A_FIRST"];
        const after = changed(jane, { role: "admin", requiredActions });
        yield* storage.transact(({ users }) => users.update(tenant, jane, after));
        assert.deepEqual(yield* holder(moment(1)), Option.some({ userId: jane.id, role: "admin", requiredActions }));
        assert.deepEqual(yield* storage.sessions.findHolder("other", session.id, moment(1)), Option.none());
      },
    ),

    "a session that expired, was revoked or whose user left 'enabled' has no holder": Effect.fnUntraced(
      function* (storage) {
        const jane = yield* aLogin(storage);
        const [first, second] = [aSession(jane.id, { expiresAt: moment(100) }), aSession(jane.id)];
        const hasHolder = (id: string, now: Date) =>
          Effect.map(storage.sessions.findHolder(tenant, id, now), Option.isSome);
        yield* insert(storage, first);
        yield* insert(storage, second);
        assert.equal(yield* hasHolder(first.id, moment(99)), true);
        assert.equal(yield* hasHolder(first.id, moment(100)), false);
        yield* storage.transact(({ users }) => users.update(tenant, jane, changed(jane, { status: "disabled" })));
        assert.equal(yield* hasHolder(second.id, moment(1)), false);
        const john = yield* aLogin(storage);
        const third = aSession(john.id);
        yield* insert(storage, third);
        yield* revoke(storage, third.id, moment(1));
        assert.equal(yield* hasHolder(third.id, moment(1)), false);
        assert.equal(yield* hasHolder("nothing", moment(1)), false);
      },
    ),

    "a session is revoked once, and only while it is live": Effect.fnUntraced(function* (storage) {
      const jane = yield* aLogin(storage);
      const [session, expired] = [aSession(jane.id), aSession(jane.id, { expiresAt: moment(1) })];
      yield* insert(storage, session);
      yield* insert(storage, expired);
      assert.equal(yield* revoke(storage, "nothing", moment(5)), false);
      assert.equal(yield* revoke(storage, expired.id, moment(1)), false);
      assert.equal(yield* revoke(storage, session.id, moment(5)), true);
      assert.equal(yield* revoke(storage, session.id, moment(6)), false);
      const found = yield* storage.sessions.find(tenant, session.id);
      assert.deepEqual(found, Option.some({ ...session, revokedAt: moment(5) }));
    }),

    "revoking all sessions of a user takes the live ones of that user": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* aLogin(storage), yield* aLogin(storage)];
      const [first, second, third, other] = [
        aSession(jane.id),
        aSession(jane.id),
        aSession(jane.id, { expiresAt: moment(1) }),
        aSession(john.id),
      ];
      for (const session of [first, second, third, other]) yield* insert(storage, session);
      const revokeAll = (where: string) =>
        storage.transact(({ sessions }) => sessions.revokeAll(where, jane.id, moment(5)));
      yield* revoke(storage, second.id, moment(2));
      assert.equal(yield* revokeAll("other"), 0);
      assert.equal(yield* revokeAll(tenant), 1);
      assert.equal(yield* revokeAll(tenant), 0);
      const revokedAt = (id: string) =>
        Effect.map(storage.sessions.find(tenant, id), (found) => Option.getOrUndefined(found)?.revokedAt);
      assert.deepEqual(yield* revokedAt(first.id), moment(5));
      assert.deepEqual(yield* revokedAt(second.id), moment(2));
      assert.deepEqual(yield* revokedAt(other.id), null);
      // A clock set back must find the expired one revoked as well.
      assert.deepEqual(yield* revokedAt(third.id), moment(5));
    }),

    "the live sessions of a user are listed newest first": Effect.fnUntraced(function* (storage) {
      const [jane, john] = [yield* aLogin(storage), yield* aLogin(storage)];
      const opened = (id: string, at: number, overrides: Partial<StoredSession> = {}) =>
        aSession(jane.id, { id, createdAt: moment(at), ...overrides });
      yield* insert(storage, opened("b", 20));
      yield* insert(storage, opened("c", 10));
      yield* insert(storage, opened("a", 20));
      yield* insert(storage, opened("expired", 30, { expiresAt: moment(100) }));
      yield* insert(storage, opened("revoked", 40));
      yield* revoke(storage, "revoked", moment(50));
      yield* insert(storage, aSession(john.id, { createdAt: moment(60) }));
      const ids = (where: string, limit: number) =>
        Effect.map(storage.sessions.list(where, jane.id, moment(100), limit), (list) => list.map(({ id }) => id));
      assert.deepEqual(yield* ids(tenant, 10), ["b", "a", "c"]);
      assert.deepEqual(yield* ids(tenant, 2), ["b", "a"]);
      assert.deepEqual(yield* ids("other", 10), []);
    }),

    "sessions that ended before an instant are removed from all tenants, so many at a time": Effect.fnUntraced(
      function* (storage) {
        const jane = yield* aLogin(storage);
        const there = yield* aLogin(storage, {}, "other");
        const expired = aSession(jane.id, { expiresAt: moment(10) });
        const onTheInstant = aSession(jane.id, { expiresAt: moment(100) });
        const revoked = aSession(jane.id);
        const live = aSession(jane.id);
        const elsewhere = aSession(there.id, { expiresAt: moment(20) });
        for (const session of [expired, onTheInstant, revoked, live]) yield* insert(storage, session);
        yield* insert(storage, elsewhere, passwordHash, "other");
        yield* revoke(storage, revoked.id, moment(30));
        const remove = (limit: number) =>
          storage.transact(({ sessions }) => sessions.removeEndedBefore(moment(100), limit));
        assert.equal(yield* remove(2), 2);
        assert.equal(yield* remove(2), 1);
        assert.equal(yield* remove(2), 0);
        assert.deepEqual(yield* storage.sessions.find(tenant, onTheInstant.id), Option.some(onTheInstant));
        assert.deepEqual(yield* storage.sessions.find(tenant, live.id), Option.some(live));
        assert.deepEqual(yield* storage.sessions.find("other", elsewhere.id), Option.none());
      },
    ),
  },
};
