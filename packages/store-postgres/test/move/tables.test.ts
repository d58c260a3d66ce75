import { madeBy } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import { movedTables, stayingTables } from "../../../store-kysely/src/move/moved-tables.ts";
import { planTables } from "../../../store-kysely/src/move/table-plan.ts";
import { migrations as sqliteMigrations } from "../../../store-sqlite/src/schema.ts";
import { migrations } from "../../src/schema.ts";
import { newSides } from "./sides.ts";

const newSide = newSides();

it.each([
  ["SQLite", sqliteMigrations],
  ["PostgreSQL", migrations],
])("every table that %s has is moved, or is known to stay", (_, made) => {
  const known = [...movedTables.map(({ name }) => name), ...stayingTables];
  expect(madeBy(made).tables.filter((table) => !known.includes(table))).toEqual([]);
  expect(known.filter((table) => !madeBy(made).tables.includes(table))).toEqual([]);
});

it("every column is moved in both directions, but for what the database makes itself", async () => {
  const [lite, server] = [await newSide("SQLite"), await newSide("PostgreSQL")];
  const plans = await Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        yield* Effect.scoped(lite.store.open);
        yield* Effect.scoped(server.store.open);
        const [one, other] = [yield* lite.store.movable, yield* server.store.movable];
        if (one === undefined || other === undefined) return yield* Effect.die(new Error("Both are there."));
        return [yield* planTables(one, other), yield* planTables(other, one)];
      }),
    ),
  );
  for (const plan of plans) {
    const kinds = new Map(
      plan.flatMap(({ name, columns }) => columns.map((column) => [`${name}.${column.name}`, column.kind])),
    );
    expect(kinds.get("muster_users.metadata")).toBe("json");
    expect(kinds.get("muster_sessions.refresh_hash")).toBe("bytes");
    expect(kinds.get("muster_users.seq")).toBe("integer");
    expect(kinds.has("muster_users.updated_key")).toBe(false);
    expect(plan.filter(({ key }) => key.length === 0)).toEqual([]);
  }
});
