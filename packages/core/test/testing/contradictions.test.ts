import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import {
  aSession,
  aUser,
  contradictions,
  insertUsers,
  moment,
  randomUsers,
  seededRandom,
} from "../../src/testing/index.ts";
import { withFaultIn, withUsers } from "./mutants/faulty.ts";

const tenant = "acme";
const users = randomUsers(seededRandom(3), 60);

const found = (store: StoreModule): Promise<readonly string[]> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* store.open;
        yield* insertUsers(storage, tenant, users);
        yield* insertUsers(storage, tenant, [aUser({ id: "jane", username: "jane", tags: ["blue"] })]);
        yield* storage.transact(({ credentials, sessions }) =>
          Effect.andThen(
            credentials.put(tenant, "jane", "hash", moment()),
            sessions.insert(tenant, aSession("jane"), "hash"),
          ),
        );
        return yield* contradictions(storage, tenant, moment(1));
      }),
    ),
  );

describe("a store that is asked in every way", () => {
  it("does not contradict itself when it is sound", async () => {
    expect(await found(memoryStore())).toEqual([]);
  });

  it.each([
    [
      "a list by one field lacks somebody",
      withUsers(({ list }) => ({
        list: (where, selection) =>
          Effect.map(list(where, selection), (page) => (selection.sortBy === "email" ? page.slice(1) : page)),
      })),
      "By email others are listed.",
    ],
    [
      "a count is another than the list",
      withUsers(({ count }) => ({ count: (...asked) => Effect.map(count(...asked), (number) => number + 1) })),
      "The count is not that of the list.",
    ],
    [
      "a name leads to nobody",
      withUsers(() => ({ findByIdentifier: () => Effect.succeed(Option.none()) })),
      'User "jane" is not found by username or email.',
    ],
    [
      "a login leads to somebody else",
      withFaultIn("credentials", ({ credentials }) => ({
        findCandidate: (...asked) =>
          Effect.map(
            credentials.findCandidate(...asked),
            Option.map((candidate) => ({ ...candidate, userId: "john" })),
          ),
      })),
      'User "jane" is another when logging in.',
    ],
    [
      "tags lead to nobody",
      withUsers(({ list }) => ({
        list: (where, selection) => (selection.where.kind === "tags" ? Effect.succeed([]) : list(where, selection)),
      })),
      'User "jane" is not found by tags.',
    ],
    [
      "somebody is read as disabled and has a session",
      withUsers(({ list, find }) => ({
        list: (...asked) => Effect.map(list(...asked), (page) => page.map((user) => ({ ...user, status: "disabled" }))),
        find: (...asked) =>
          Effect.map(
            find(...asked),
            Option.map((user) => ({ ...user, status: "disabled" })),
          ),
      })),
      'User "jane" is not enabled and has a live session.',
    ],
  ])("is found out when %s", async (_, store, sentence) => {
    expect(await found(store)).toContain(sentence);
  });
});
