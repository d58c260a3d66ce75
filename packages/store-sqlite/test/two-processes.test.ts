import { aUser } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

describe("a second opening of a file", () => {
  it("sees what the first committed and nothing of a transaction in flight", async () => {
    const file = newFile();
    const seen = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const [one, other] = [yield* sqliteStore(file).open, yield* sqliteStore(file).open];
          const isThere = Effect.map(other.users.find("acme", "jane"), Option.isSome);
          const during = yield* one.transact(({ users }) =>
            Effect.andThen(users.insert("acme", aUser({ id: "jane" })), isThere),
          );
          return [during, yield* isThere];
        }),
      ),
    );
    expect(seen).toEqual([false, true]);
  });
});
