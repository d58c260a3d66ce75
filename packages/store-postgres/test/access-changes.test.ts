import type { Storage } from "@muster/core/ports";
import { aUser, moment } from "@muster/core/testing";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import { describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);

/** Two openings of one database, as two processes would have. */
const withTwo = async (body: (one: Storage, other: Storage) => Effect.Effect<void, unknown>): Promise<void> => {
  const options = { connectionString: await anyDatabase(), schema: newSchema() };
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const one = yield* postgresStore(options).open;
        yield* body(one, yield* postgresStore(options).open);
      }),
    ),
  );
};

const append = (storage: Storage, userId: string, before: Effect.Effect<unknown> = Effect.void) =>
  storage.transact(({ accessChanges }) =>
    Effect.andThen(accessChanges.append({ tenant: "acme", userId }, moment()), before),
  );

describe("the feed of access changes", () => {
  it("tells of a change that was appended first and committed last", () =>
    withTwo((one, other) =>
      Effect.gen(function* () {
        const start = yield* other.accessChanges.latest();
        const [isAppended, mayCommit] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()];
        const slow = yield* Effect.forkChild(
          append(one, "slow", Effect.andThen(Deferred.succeed(isAppended, undefined), Deferred.await(mayCommit))),
        );
        yield* Deferred.await(isAppended);
        yield* append(one, "quick");
        const first = yield* other.accessChanges.since(start);
        expect(first.changes.map(({ userId }) => userId)).toEqual(["quick"]);
        yield* Deferred.succeed(mayCommit, undefined);
        yield* Fiber.join(slow);
        const second = yield* other.accessChanges.since(first.cursor);
        expect(second).toMatchObject({ changes: [{ userId: "slow" }], gap: false });
      }),
    ));

  it("tells two readers everything that eight writers append, each of it once and without a gap", () =>
    withTwo((one, other) =>
      Effect.gen(function* () {
        const [writers, each] = [8, 25];
        let isDone = false;
        const read = Effect.fnUntraced(function* (storage: Storage) {
          const seen: string[] = [];
          for (let cursor = 0, isLast = false; ; ) {
            const page = yield* storage.accessChanges.since(cursor);
            expect(page.gap).toBe(false);
            seen.push(...page.changes.map(({ userId }) => userId));
            cursor = page.cursor;
            if (isLast && page.changes.length === 0) return seen;
            isLast = isDone;
            yield* Effect.sleep(1);
          }
        });
        const readers = [yield* Effect.forkChild(read(one)), yield* Effect.forkChild(read(other))];
        const write = Effect.fnUntraced(function* (writer: number) {
          for (let count = 0; count < each; count++) {
            const storage = (writer + count) % 2 === 0 ? one : other;
            const aWhile = Effect.suspend(() => Effect.sleep(Math.random() * 4));
            if (count % 5 === 4)
              yield* Effect.flip(append(storage, "undone", Effect.andThen(aWhile, Effect.fail("no")) as never));
            else yield* append(storage, `${writer}/${count}`, aWhile);
          }
        });
        yield* Effect.all(
          Array.from({ length: writers }, (_, writer) => write(writer)),
          { concurrency: "unbounded" },
        );
        isDone = true;
        const expected = Array.from({ length: writers }, (_, writer) =>
          Array.from({ length: each }, (__, count) => `${writer}/${count}`).filter((___, count) => count % 5 !== 4),
        ).flat();
        for (const reader of readers) expect((yield* Fiber.join(reader)).toSorted()).toEqual(expected.toSorted());
      }),
    ));

  it("holds up nobody: two transactions that append at the same time both commit", () =>
    withTwo((one, other) =>
      append(one, "a", append(other, "b").pipe(Effect.orDie, Effect.timeout(2_000), Effect.orDie)),
    ));

  it("costs one statement to read when nothing is new", async () => {
    const statements: string[] = [];
    const options = { connectionString: await anyDatabase(), schema: newSchema() };
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* postgresStore({ ...options, onStatement: (sql) => statements.push(sql) }).open;
          yield* storage.transact(({ users }) => users.insert("acme", aUser()));
          yield* append(storage, "a");
          const { cursor } = yield* storage.accessChanges.since(0);
          statements.length = 0;
          yield* storage.accessChanges.since(cursor);
          expect(statements).toHaveLength(1);
        }),
      ),
    );
  });
});
