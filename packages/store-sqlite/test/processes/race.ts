// When told, makes many calls at once on a shared database and prints how many of them won.
import { aHash, aRotation, aUser } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { sqliteStore } from "../../src/index.ts";
import { startingGun } from "./starting-gun.ts";

const [file = "", race = "", name = ""] = process.argv.slice(2);

const callers = Array.from({ length: 25 }, (_, number) => `${name}-${number}`);

const won = await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      const storage = yield* sqliteStore(file).open;
      yield* Effect.promise(startingGun);
      const attempts = callers.map((caller, number) =>
        race === "create"
          ? storage
              .transact(({ users }) =>
                users.insert("acme", aUser({ id: caller, username: caller, email: "one@example.com" })),
              )
              .pipe(
                Effect.as(true),
                Effect.catchTag("EmailTaken", () => Effect.succeed(false)),
              )
          : storage.transact(({ sessions }) =>
              sessions.rotate("acme", aRotation("the-session", { successorHash: aHash(100 + number) })),
            ),
      );
      const results = yield* Effect.all(attempts, { concurrency: "unbounded" });
      return results.filter((result) => result).length;
    }),
  ),
);
console.log(`won ${won}`);
