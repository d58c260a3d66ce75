import type { Storage, UserCondition, UserSelection } from "@muster/core/ports";
import { aSession, aUser, changed, insertUsers, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { type KyselyTransaction, postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
type Postgres = Storage<KyselyTransaction>;

const jane = aUser({
  id: "jane",
  username: "jane",
  email: "jane@example.com",
  tags: ["a"],
  metadata: { team: "blue" },
});
const crowd = Array.from({ length: 30 }, (_, number) => aUser({ tags: ["b"], firstName: `Number ${number}` }));

/** Runs a body on a database with some users; it may look at what was sent since it looked last. */
const observing = async <A>(body: (storage: Postgres, seen: () => readonly string[]) => Effect.Effect<A, unknown>) => {
  let statements: string[] = [];
  const onStatement = (sql: string): void => void statements.push(sql);
  const options = { connectionString: await anyDatabase(), schema: newSchema(), candidateCap: 10, onStatement };
  const seen = (): readonly string[] => {
    const since = statements;
    statements = [];
    return since;
  };
  return Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* postgresStore(options).open;
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

const page = (where: UserCondition, more: Partial<UserSelection> = {}): UserSelection => ({
  where,
  sortBy: "createdAt",
  descending: true,
  limit: 5,
  ...more,
});
const everyone: UserCondition = { kind: "all", of: [] };
const tagged = (tag: string): UserCondition => ({ kind: "tags", match: "any", tags: [tag] });

/** The numbers are those of the SQLite store. */
const reads: readonly (readonly [string, number, (storage: Postgres) => Effect.Effect<unknown, unknown>])[] = [
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

describe("a read sends as few statements as it can", () => {
  it("(the table)", () =>
    observing((storage, seen) =>
      Effect.gen(function* () {
        for (const [what, count, read] of reads) {
          yield* read(storage);
          expect(seen(), what).toHaveLength(count);
        }
      }),
    ));

  it("a page of candidates is one statement, sorted by the database, after two that look for them", async () => {
    await observing((storage, seen) =>
      Effect.gen(function* () {
        const few = Array.from({ length: 8 }, (_, number) => aUser({ tags: ["few"], username: `few${number}` }));
        yield* insertUsers(storage, "acme", few);
        seen();
        const found = yield* storage.users.list("acme", page(tagged("few"), { sortBy: "username", limit: 2 }));
        expect(found.map(({ username }) => username)).toEqual(["few7", "few6"]);
        expect(seen()).toEqual([
          expect.stringContaining("count(*)"),
          expect.stringContaining("count(*)"),
          expect.stringMatching(/"u"\."email".* order by "u"\."username_key" desc/),
        ]);
      }),
    );
  });
});

describe("a write", () => {
  it("of a user without a search index to keep is four inserts in a transaction", () =>
    observing((storage, seen) =>
      Effect.gen(function* () {
        const user = aUser({ username: "joe", tags: ["x"], metadata: { n: 1 } });
        yield* storage.transact(({ users }) => users.insert("acme", user));
        expect(seen().map((sql) => sql.split(" ")[0])).toEqual([
          "begin",
          "insert",
          "insert",
          "insert",
          "insert",
          "commit",
        ]);
      }),
    ));

  it("of one field touches neither names nor tags", () =>
    observing((storage, seen) =>
      Effect.gen(function* () {
        yield* storage.transact(({ users }) => users.update("acme", jane, changed(jane, { locale: "pt-BR" })));
        const writes = seen().filter((sql) => !/^(begin|commit)/.test(sql));
        expect(writes).toHaveLength(1);
        expect(writes[0]).toMatch(/^update "[^"]+"\."muster_users" set (?!.*first_name)(?!.*metadata)/);
      }),
    ));
});
