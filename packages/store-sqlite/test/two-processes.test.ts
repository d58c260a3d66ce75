import { aHash, aSession, aUser, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { startChild, startTogether } from "./child.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

const winners = async (file: string, race: string): Promise<number> => {
  const children = ["first", "second"].map((name) => startChild("race.ts", [file, race, name]));
  const outputs = (await startTogether(children)).map(({ output }) => output);
  for (const output of outputs) expect(output).toMatch(/won \d+/);
  return outputs.reduce((sum, output) => sum + Number(/won (\d+)/.exec(output)?.[1]), 0);
};

describe("of fifty callers in two processes exactly one", () => {
  it("gets an email", async () => {
    const file = newFile();
    await Effect.runPromise(Effect.scoped(sqliteStore(file).open));
    expect(await winners(file, "create")).toBe(1);
  });

  it("spends a refresh token", async () => {
    const file = newFile();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* sqliteStore(file).open;
          yield* storage.transact(({ users, credentials, sessions }) =>
            Effect.gen(function* () {
              yield* users.insert("acme", aUser({ id: "jane" }));
              yield* credentials.put("acme", "jane", "hash", moment());
              yield* sessions.insert("acme", aSession("jane", { id: "the-session", refreshHash: aHash(1) }), "hash");
            }),
          );
        }),
      ),
    );
    expect(await winners(file, "rotate")).toBe(1);
  });
});

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
