import type { Storage, UserCondition, UserSelection } from "@muster/core/ports";
import { aHash, anAuditEvent, aRotation, aSession, aUser, changed, insertUsers, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { type KyselyTransaction, sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
type Sqlite = Storage<KyselyTransaction>;

const jane = aUser({
  id: "jane",
  username: "jane",
  email: "jane@example.com",
  tags: ["a"],
  metadata: { team: "blue" },
});
const crowd = Array.from({ length: 30 }, (_, number) => aUser({ tags: ["b"], firstName: `Number ${number}` }));

/** Runs a body on a database with some users; it may look at what was run and prepared since it looked last. */
const observing = <A>(body: (storage: Sqlite, seen: () => Seen) => Effect.Effect<A, unknown>) => {
  let statements: string[] = [];
  let prepared: string[] = [];
  const options = {
    synchronous: "normal",
    candidateCap: 10,
    onStatement: (sql: string) => statements.push(sql),
    onPrepare: (sql: string) => prepared.push(sql),
  } as const;
  const seen = (): Seen => {
    const since = { statements, prepared };
    statements = [];
    prepared = [];
    return since;
  };
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(newFile(), options).open;
        yield* insertUsers(storage, "acme", [jane, ...crowd]);
        yield* storage.transact(({ credentials, sessions }) =>
          Effect.andThen(
            credentials.put("acme", "jane", "hash", moment()),
            sessions.insert("acme", aSession("jane", { id: "session" }), "hash"),
          ),
        );
        seen();
        return yield* body(storage, seen);
      }),
    ),
  );
};

interface Seen {
  readonly statements: readonly string[];
  readonly prepared: readonly string[];
}

const page = (where: UserCondition, more: Partial<UserSelection> = {}): UserSelection => ({
  where,
  sortBy: "createdAt",
  descending: true,
  limit: 5,
  ...more,
});
const everyone: UserCondition = { kind: "all", of: [] };
const tagged = (tag: string): UserCondition => ({ kind: "tags", match: "any", tags: [tag] });

const reads: readonly (readonly [string, number, (storage: Sqlite) => Effect.Effect<unknown, unknown>])[] = [
  ["a get by id", 1, ({ users }) => users.find("acme", "jane")],
  ["a get by email", 1, ({ users }) => users.findByIdentifier("acme", "jane@example.com")],
  ["a list of everyone", 1, ({ users }) => users.list("acme", page(everyone))],
  ["a list by tag, newest first", 1, ({ users }) => users.list("acme", page(tagged("b")))],
  ["a list by tag, by name, few hits", 2, ({ users }) => users.list("acme", page(tagged("a"), { sortBy: "lastName" }))],
  [
    "a list by tag, by name, many hits",
    2,
    ({ users }) => users.list("acme", page(tagged("b"), { sortBy: "lastName" })),
  ],
  [
    "a list by email",
    1,
    ({ users }) => users.list("acme", page({ kind: "oneOf", field: "email", values: ["jane@example.com"] })),
  ],
  ["a count", 1, ({ users }) => users.count("acme", everyone)],
  ["the candidate of a login", 1, ({ credentials }) => credentials.findCandidate("acme", "jane")],
  ["the holder of a session", 1, ({ sessions }) => sessions.findHolder("acme", "session", moment())],
  ["a session", 1, ({ sessions }) => sessions.find("acme", "session")],
  ["the sessions of a user", 1, ({ sessions }) => sessions.list("acme", "jane", moment(), 10)],
  ["the feed of access changes", 1, ({ accessChanges }) => accessChanges.since(0)],
  ["the keys", 1, ({ keys }) => keys.list()],
  ["the audit log", 1, ({ audit }) => audit.list("acme", { limit: 10 })],
];

describe("a read runs as few statements as it can, and prepares none the second time", () => {
  it.each(reads)("%s: %i", async (_, count, read) => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        yield* read(storage);
        expect(seen().statements).toHaveLength(count);
        yield* read(storage);
        const again = seen();
        expect(again.statements).toHaveLength(count);
        expect(again.prepared).toEqual([]);
      }),
    );
  });

  it("a list of at most four, candidates of more than two pages included", async () => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        const few = tagged("few");
        yield* insertUsers(
          storage,
          "acme",
          Array.from({ length: 8 }, () => aUser({ tags: ["few"] })),
        );
        seen();
        expect(yield* storage.users.list("acme", page(few, { sortBy: "username", limit: 2 }))).toHaveLength(2);
        expect(seen().statements).toHaveLength(4);
      }),
    );
  });
});

describe("a write", () => {
  it("prepares nothing once it was done before, with other values too", async () => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        const round = (number: number) =>
          storage.transact(({ users, credentials, sessions, accessChanges, audit }) =>
            Effect.gen(function* () {
              const user = aUser({
                tags: ["x", `t${number}`],
                metadata: { n: number },
                email: `u${number}@example.com`,
              });
              yield* users.insert("acme", user);
              yield* credentials.put("acme", user.id, `hash${number}`, moment());
              yield* sessions.insert("acme", aSession(user.id, { id: `s${number}` }), `hash${number}`);
              yield* sessions.rotate("acme", aRotation(`s${number}`, { presentedHash: aHash(1) }));
              yield* users.recordLogin("acme", user.id, moment(number));
              yield* users.update("acme", user, changed(user, { firstName: "Jane", tags: ["y"] }));
              yield* sessions.revokeAll("acme", user.id, moment());
              yield* accessChanges.append({ tenant: "acme", userId: user.id }, moment());
              yield* audit.append("acme", anAuditEvent({ userId: user.id }));
            }),
          );
        yield* round(1);
        seen();
        yield* round(2);
        expect(seen().prepared).toEqual([]);
      }),
    );
  });

  it("of one field touches neither names, tags nor the search index", async () => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        yield* storage.transact(({ users }) => users.update("acme", jane, changed(jane, { locale: "pt-BR" })));
        const writes = seen().statements.filter((sql) => !/^(begin|commit)/.test(sql));
        expect(writes).toHaveLength(1);
        expect(writes[0]).toMatch(/^update "muster_users" set (?!.*first_name)(?!.*metadata)/);
      }),
    );
  });

  it("of a login leaves the user's row alone", async () => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        yield* storage.transact(({ users }) => users.recordLogin("acme", "jane", moment(5)));
        expect(seen().statements.filter((sql) => sql.includes('update "muster_users"'))).toEqual([]);
      }),
    );
  });
});
