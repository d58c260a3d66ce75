import { aHash, moment } from "@muster/core/testing";
import Database from "better-sqlite3";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();

it("failed attempts are looked up by their whole keys, however many others there are", async () => {
  const file = newFile();
  const ran: string[] = [];
  await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* sqliteStore(file, { onStatement: (sql) => ran.push(sql) }).open;
        ran.length = 0;
        yield* storage.attempts.find("acme", { login: aHash(1), address: aHash(2) });
        yield* storage.transact(({ attempts }) => attempts.clear("acme", aHash(1)));
        yield* storage.transact(({ attempts }) => attempts.removeExpiredBefore(moment(), 10));
      }),
    ),
  );
  const database = new Database(file);
  const plans = ran
    .filter((sql) => sql.includes("muster_attempts"))
    .map((sql) => database.prepare<[], { detail: string }>(`explain query plan ${sql.replaceAll("?", "1")}`).all());
  database.close();
  expect(plans.map((steps) => steps.map(({ detail }) => detail))).toEqual([
    ["SEARCH muster_attempts USING PRIMARY KEY (tenant=? AND login_key=? AND address_key=?)"],
    ["SEARCH muster_attempts USING PRIMARY KEY (tenant=? AND login_key=?)"],
    expect.arrayContaining([expect.stringMatching(/SEARCH a USING COVERING INDEX muster_attempts_by_expiry/)]),
  ]);
});
