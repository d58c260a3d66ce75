import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { Storage, Stores } from "../../src/ports/storage.ts";
import { aHash, aSession, aUser, moment, storageContract } from "../../src/testing/index.ts";

const tenant = "acme";

const withStorage = <A, E>(use: (storage: Storage) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(memoryStore().open, use)));

describe("the in-memory store keeps the storage contract", () => {
  storageContract({ describe, it, open: memoryStore });
});

describe("the in-memory store", () => {
  it("shares nothing with what it was given", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        const [tags, metadata, createdAt] = [["blue"], { list: [1] }, moment(1)];
        const jane = aUser({ tags, metadata, createdAt });
        yield* storage.transact(({ users }) => users.insert(tenant, jane));
        tags.push("red");
        metadata.list.push(2);
        createdAt.setTime(0);
        const found = Option.getOrThrow(yield* storage.users.find(tenant, jane.id));
        expect(found).toEqual({ ...jane, tags: ["blue"], metadata: { list: [1] }, createdAt: moment(1) });
      }),
    ));

  it("shares nothing with what it answered", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        const jane = aUser({ metadata: { list: [1] } });
        const session = aSession(jane.id, { client: { address: "::1" } });
        yield* storage.transact(({ users, credentials, sessions }) =>
          users
            .insert(tenant, jane)
            .pipe(
              Effect.andThen(credentials.put(tenant, jane.id, "hash", moment())),
              Effect.andThen(sessions.insert(tenant, session, "hash")),
            ),
        );
        const found = Option.getOrThrow(yield* storage.users.find(tenant, jane.id));
        found.createdAt.setTime(0);
        Object.assign(found.metadata, { list: [] });
        Option.getOrThrow(yield* storage.sessions.find(tenant, session.id)).refreshHash.fill(0);
        expect(yield* storage.users.find(tenant, jane.id)).toEqual(Option.some(jane));
        const kept = Option.getOrThrow(yield* storage.sessions.find(tenant, session.id));
        expect([...kept.refreshHash]).toEqual([...aHash(1)]);
      }),
    ));

  it("keeps its users as long as the module lives, and another module has none of them", async () => {
    const module = memoryStore();
    const jane = aUser();
    await Effect.runPromise(
      Effect.scoped(Effect.flatMap(module.open, (first) => first.transact(({ users }) => users.insert(tenant, jane)))),
    );
    const find = Effect.flatMap(module.open, (second) => second.users.find(tenant, jane.id));
    expect(await Effect.runPromise(Effect.scoped(find))).toEqual(Option.some(jane));
    expect(await withStorage((other) => other.users.find(tenant, jane.id))).toEqual(Option.none());
  });

  it("refuses to go on with the stores of a transaction that is over", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        let kept: Stores = storage;
        yield* storage.transact((stores) =>
          Effect.sync(() => {
            kept = stores;
          }),
        );
        const jane = aUser();
        expect(Exit.hasDies(yield* Effect.exit(kept.users.insert(tenant, jane)))).toBe(true);
        expect(yield* storage.users.find(tenant, jane.id)).toEqual(Option.none());
      }),
    ));

  it("makes a write outside a transaction a transaction of its own", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        const jane = aUser({ username: "jane" });
        yield* storage.users.insert(tenant, jane);
        expect((yield* Effect.flip(storage.users.insert(tenant, aUser({ username: "jane" }))))._tag).toBe(
          "UsernameTaken",
        );
        expect(yield* storage.users.find(tenant, jane.id)).toEqual(Option.some(jane));
      }),
    ));

  it("treats an email without a canonical form, a password for nobody and a repeated session id as bugs", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        const jane = aUser();
        const session = aSession(jane.id);
        yield* storage.users.insert(tenant, jane);
        yield* storage.credentials.put(tenant, jane.id, "hash", moment());
        yield* storage.sessions.insert(tenant, session, "hash");
        const bugs = [
          storage.users.insert(tenant, aUser({ email: "no address" })),
          storage.credentials.put(tenant, "nobody", "hash", moment()),
          storage.sessions.insert(tenant, session, "hash"),
        ];
        for (const bug of bugs) expect(Exit.hasDies(yield* Effect.exit<unknown, unknown, never>(bug))).toBe(true);
      }),
    ));

  it("says that it has no host transactions", () =>
    withStorage((storage) =>
      Effect.sync(() => {
        expect(() => storage.within(undefined as never)).toThrow(/no host transactions/);
      }),
    ));

  it("finds one of 10,000 users at once and lists them quickly", () =>
    withStorage(
      Effect.fnUntraced(function* (storage) {
        const people = Array.from({ length: 10_000 }, (_, number) =>
          aUser({ email: `user${number}@x.test`, firstName: `Name ${number % 100}`, createdAt: moment(number) }),
        );
        yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
        const milliseconds = (start: number) => performance.now() - start;
        let start = performance.now();
        for (let round = 0; round < 1000; round++) yield* storage.users.findByIdentifier(tenant, `user${round}@x.test`);
        const finding = milliseconds(start);
        start = performance.now();
        for (let round = 0; round < 10; round++) {
          const where = { kind: "contains", field: "firstName", text: "name 7" } as const;
          yield* storage.users.list(tenant, { where, sortBy: "createdAt", descending: true, limit: 50 });
        }
        const listing = milliseconds(start);
        expect(finding).toBeLessThan(1000);
        expect(listing).toBeLessThan(2000);
      }),
    ));
});
