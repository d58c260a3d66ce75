import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import type { Storage } from "@muster/core/ports";
import { aUser } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const message = "The database is not available: its file was moved, replaced or deleted while it was open.";

const insert = (storage: Storage, id: string) =>
  storage.transact(({ users }) => Effect.asVoid(users.insert("acme", aUser({ id }))));

/** A store with Jane in it, open while its file is taken away. */
const whileOpen = (file: string, body: (storage: Storage) => Effect.Effect<void, unknown>): Promise<void> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(sqliteStore(file).open, (storage) => Effect.andThen(insert(storage, "jane"), body(storage))),
    ),
  );

describe("a file under a running app", () => {
  it.each([
    ["deleted", (file: string) => rmSync(file)],
    ["moved", (file: string) => renameSync(file, `${file}.old`)],
    [
      "replaced by a copy",
      (file: string) => {
        copyFileSync(file, `${file}.copy`);
        renameSync(`${file}.copy`, file);
      },
    ],
  ])("that is %s is a clear error: at once for writes, soon for reads and health", async (_, take) => {
    const file = newFile();
    await whileOpen(
      file,
      Effect.fnUntraced(function* (storage) {
        take(file);
        const expected = { _tag: "StoreUnavailable", retryable: false, message };
        expect(yield* Effect.flip(insert(storage, "john"))).toMatchObject(expected);
        yield* Effect.sleep(260);
        expect(yield* Effect.flip(storage.users.find("acme", "jane"))).toMatchObject(expected);
        expect(yield* Effect.flip(storage.check())).toMatchObject(expected);
      }),
    );
  });

  it("that is put back is used again, and holds what it held", async () => {
    const file = newFile();
    await whileOpen(
      file,
      Effect.fnUntraced(function* (storage) {
        renameSync(file, `${file}.away`);
        yield* Effect.flip(insert(storage, "john"));
        expect(existsSync(file)).toBe(false);
        renameSync(`${file}.away`, file);
        yield* insert(storage, "joan");
        expect(Option.isSome(yield* storage.users.find("acme", "jane"))).toBe(true);
        expect(Option.isSome(yield* storage.users.find("acme", "joan"))).toBe(true);
        expect(Option.isSome(yield* storage.users.find("acme", "john"))).toBe(false);
      }),
    );
  });
});
