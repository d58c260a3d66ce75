import { aUser, changed, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

describe.each([
  ["a file", () => newFile()],
  ["memory", () => ":memory:"],
])("a transaction on %s", (_, path) => {
  it("in which a statement failed is never committed, even when its body goes on", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(path()).open;
          const write = storage.transact(({ users, credentials }) =>
            Effect.gen(function* () {
              yield* users.insert("acme", aUser({ id: "jane" }));
              yield* Effect.exit(credentials.put("acme", "nobody", "hash", moment()));
              yield* Effect.exit(users.insert("acme", aUser({ id: "joe" })));
            }),
          );
          const error = yield* Effect.flip(write);
          expect(error).toMatchObject({
            _tag: "StoreUnavailable",
            reason: "a statement of the transaction failed before",
          });
          expect(yield* storage.users.count("acme", { kind: "all", of: [] })).toBe(0);
          yield* storage.transact(({ users }) => users.insert("acme", aUser({ id: "jane" })));
          expect(Option.isSome(yield* storage.users.find("acme", "jane"))).toBe(true);
        }),
      ),
    );
  });

  it("in which a create or a change was refused holds nothing of it when it goes on", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(path()).open;
          const joe = aUser({ id: "joe", username: "joe" });
          yield* storage.transact(({ users }) =>
            Effect.gen(function* () {
              yield* users.insert("acme", aUser({ id: "jane", username: null, email: "jane@example.com" }));
              yield* users.insert("acme", joe);
              const free = { username: "free", email: "jane@example.com" };
              const refused = [
                users.insert("acme", aUser({ id: "ann", ...free })),
                users.update("acme", joe, changed(joe, free)),
              ];
              for (const call of refused) expect(yield* Effect.flip(call)).toMatchObject({ _tag: "EmailTaken" });
              yield* users.insert("acme", aUser({ id: "ann", username: "free" }));
            }),
          );
          expect(yield* storage.users.count("acme", { kind: "all", of: [] })).toBe(3);
          expect(yield* storage.users.findByIdentifier("acme", "joe")).toEqual(Option.some(joe));
        }),
      ),
    );
  });

  it("that is given up half-way leaves nothing, and the next one starts afresh", async () => {
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(path()).open;
          const insert = (id: string) => storage.transact(({ users }) => users.insert("acme", aUser({ id })));
          const endless = storage.transact(({ users }) =>
            Effect.andThen(users.insert("acme", aUser({ id: "jane" })), Effect.never),
          );
          expect(Option.isNone(yield* Effect.timeoutOption(endless, 50))).toBe(true);
          yield* insert("joe");
          expect(Option.isNone(yield* storage.users.find("acme", "jane"))).toBe(true);
        }),
      ),
    );
  });
});
