import { spawnSync } from "node:child_process";
import path from "node:path";
import type { Storage } from "@muster/core/ports";
import { aUser, changed, contradictions, moment } from "@muster/core/testing";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { describe, expect, it, vi } from "vitest";
import { lookThrough } from "../../store-kysely/test/invariants/scene.ts";
import { sqliteStore } from "../src/index.ts";
import { temporaryDirectory, temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const tenant = "acme";
const diskFull = {
  _tag: "StoreUnavailable",
  retryable: false,
  message: "The database is not available: the disk is full.",
};

/** A storage whose file may grow to so many pages more. */
const withLimit = (body: (storage: Storage, allow: (pages: number) => void) => Effect.Effect<void, unknown>) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const pragma = vi.spyOn(Database.prototype, "pragma");
        const storage = yield* sqliteStore(newFile(), { synchronous: "normal" }).open;
        const writer: unknown = pragma.mock.contexts[0];
        if (!(writer instanceof Database)) return expect.fail("No connection was opened.");
        pragma.mockRestore();
        yield* body(storage, (pages) => {
          const size = Number(writer.pragma("page_count", { simple: true }));
          writer.pragma(`max_page_count = ${size + pages}`);
        });
      }),
    ),
  );

const jane = aUser({ id: "jane", email: "jane@x.test", tags: ["blue"] });
const john = aUser({
  id: "john",
  email: "john@x.test",
  tags: ["x".repeat(5_000)],
  metadata: { note: "y".repeat(9_000) },
});
const grown = changed(jane, { username: "janet", tags: ["z".repeat(5_000)], firstName: "J".repeat(9_000) });

describe("a disk that becomes full", () => {
  it("at any page of a write is a clear error, after which nothing is half-written and service resumes", () =>
    withLimit(
      Effect.fnUntraced(function* (storage, allow) {
        yield* storage.transact(({ users }) => users.insert(tenant, jane));
        let refusals = 0;
        for (let pages = 0; pages < 100; pages++) {
          const write = storage.transact(({ users }) =>
            Effect.andThen(users.insert(tenant, john), users.update(tenant, jane, grown)),
          );
          allow(pages);
          const outcome = yield* Effect.result(write);
          allow(1_000_000);
          if (outcome._tag === "Success") break;
          refusals += 1;
          expect(outcome.failure).toMatchObject(diskFull);
          expect(yield* contradictions(storage, tenant, moment())).toEqual([]);
          expect(yield* lookThrough(storage)).toEqual([]);
          expect(yield* storage.users.count(tenant, { kind: "all", of: [] })).toBe(1);
        }
        expect(refusals).toBeGreaterThan(3);
        expect(yield* storage.users.count(tenant, { kind: "all", of: [] })).toBe(2);
        expect(yield* lookThrough(storage)).toEqual([]);
      }),
    ));

  it("in a body that takes no notice commits nothing", () =>
    withLimit(
      Effect.fnUntraced(function* (storage, allow) {
        yield* storage.transact(({ users }) => users.insert(tenant, jane));
        allow(1);
        const careless = storage.transact(({ users }) =>
          Effect.andThen(
            Effect.exit(users.insert(tenant, john)),
            Effect.exit(users.update(tenant, jane, changed(jane, { firstName: "Janet" }))),
          ),
        );
        expect(yield* Effect.flip(careless)).toMatchObject({ _tag: "StoreUnavailable" });
        allow(1_000_000);
        expect(
          yield* storage.users.list(tenant, {
            where: { kind: "all", of: [] },
            sortBy: "createdAt",
            descending: false,
            limit: 9,
          }),
        ).toEqual([jane]);
        expect(yield* lookThrough(storage)).toEqual([]);
      }),
    ));
});

/** Runs a script on a disk of four megabytes of its own; where a machine has none to give, there is no such test. */
const onSmallDisk = (folder: string, command: string, ...args: readonly string[]) =>
  spawnSync(
    "unshare",
    ["-rm", "sh", "-c", 'mount -t tmpfs -o size=4m none "$0" && exec "$@"', folder, command, ...args],
    { encoding: "utf8" },
  );
const small = temporaryDirectory();
const smallDisks = onSmallDisk(small, "true").status === 0 ? ["a disk of four megabytes"] : [];

describe.each(smallDisks)("%s", () => {
  it("fills up, is a clear error, keeps all that was acknowledged and serves again once there is room", () => {
    const script = path.join(import.meta.dirname, "processes", "fill-disk.ts");
    const { stdout, stderr } = onSmallDisk(small, process.execPath, "--conditions=muster-source", script, small);
    expect(stderr).toBe("");
    const { users, ...seen } = JSON.parse(stdout);
    expect(users).toBeGreaterThan(10);
    expect(seen).toEqual({
      refusals: [`${diskFull._tag}: ${diskFull.message}`],
      whileFull: [],
      lost: [],
      more: 0,
      broken: [],
    });
  });
});
