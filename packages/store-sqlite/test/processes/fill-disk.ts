// Fills the small disk that a folder is on with users, makes room, goes on, and prints what it saw as JSON.
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Storage } from "@muster/core/ports";
import { aUser, contradictions, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { sqliteStore } from "../../src/index.ts";

const [folder = ""] = process.argv.slice(2);
const [file, ballast] = [path.join(folder, "users.db"), path.join(folder, "ballast")];
const tenant = "acme";

/** Some sixteen kilobytes in two tables. */
const insert = (storage: Storage, id: string) =>
  storage.transact(({ users }) =>
    users.insert(tenant, aUser({ id, tags: ["a", "b"], metadata: { text: "x".repeat(16_000) } })),
  );

const fill = Effect.fnUntraced(function* (storage: Storage) {
  const there: string[] = [];
  const refusals = new Set<string>();
  for (let number = 0; refusals.size === 0 && number < 5_000; number++) {
    const id = `full-${number}`;
    yield* Effect.matchEffect(insert(storage, id), {
      onSuccess: () => Effect.sync(() => there.push(id)),
      onFailure: (error) => Effect.sync(() => refusals.add(`${error._tag}: ${error.message}`)),
    });
  }
  return { there, refusals: [...refusals] };
});

const missing = (storage: Storage, ids: readonly string[]) =>
  Effect.filter(ids, (id) => Effect.map(storage.users.find(tenant, id), Option.isNone));

const seen = await Effect.runPromise(
  Effect.gen(function* () {
    const first = yield* Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(file).open;
        writeFileSync(ballast, Buffer.alloc(2_000_000));
        const { there, refusals } = yield* fill(storage);
        const whileFull = yield* contradictions(storage, tenant, moment());
        rmSync(ballast);
        yield* insert(storage, "afterwards");
        return { there: [...there, "afterwards"], refusals, whileFull };
      }),
    );
    return yield* Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(file).open;
        return {
          users: first.there.length,
          refusals: first.refusals,
          whileFull: first.whileFull,
          lost: yield* missing(storage, first.there),
          more: (yield* storage.users.count(tenant, { kind: "all", of: [] })) - first.there.length,
          broken: yield* storage.brokenInvariants?.() ?? Effect.succeed(["It was not looked through."]),
        };
      }),
    );
  }),
);
console.log(JSON.stringify(seen));
