import { aUser } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { type PostgresOptions, postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";

const newSchema = temporarySchemas(anyDatabase);
const opened = async (schema: string, features: unknown) =>
  Effect.scoped(postgresStore({ connectionString: await anyDatabase(), schema, features } as PostgresOptions).open);
const refusal = async (schema: string, features: unknown) =>
  Effect.runPromise(Effect.flip(await opened(schema, features)));

describe("features", () => {
  it("are part of the schema: a database made with others is refused, and left as it is", async () => {
    const schema = newSchema();
    await Effect.runPromise(await opened(schema, { triggers: false }));
    expect(await refusal(schema, {})).toMatchObject({ _tag: "UnsupportedSchema" });
    await Effect.runPromise(await opened(schema, { triggers: false }));
  });

  it("that leave the tables alone may be switched at any time", async () => {
    const schema = newSchema();
    for (const isOn of [true, false, true]) {
      const features = { notifications: isOn, advisoryLocks: isOn, trigrams: isOn };
      await Effect.runPromise(await opened(schema, features));
    }
  });

  it("that are off tell nobody, so that nobody listens", async () => {
    const options = { connectionString: await anyDatabase(), schema: newSchema(), features: { notifications: false } };
    const statements: string[] = [];
    const onStatement = (sql: string): void => void statements.push(sql);
    const work = Effect.scoped(
      Effect.gen(function* () {
        const storage = yield* postgresStore({ ...options, listen: true, onStatement }).open;
        expect(storage.onAccessChange).toBeUndefined();
        yield* storage.transact(({ accessChanges }) =>
          accessChanges.append({ tenant: "acme", userId: aUser().id }, new Date()),
        );
      }),
    );
    await Effect.runPromise(work);
    expect(statements.filter((sql) => sql.includes("notify"))).toEqual([]);
  });

  it.each([
    ["a list", ["triggers"]],
    ["a name that is none", { trigger: false }],
    ["no switch", { triggers: "off" }],
  ])("are refused in a sentence when they are %s", async (_, features) => {
    expect(await refusal(newSchema(), features)).toMatchObject({
      _tag: "InvalidConfiguration",
      message:
        "postgresStore: features is an object of switches: notifications, advisoryLocks, triggers, collations, trigrams.",
    });
  });
});
