import { storageContract } from "@muster/core/testing";
import { namingOf } from "@muster/store-kysely";
import { describe, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { databaseOf, emptySchemas, locales, oddNames } from "./postgres.ts";

/** The locale that is furthest from comparing bytes. */
const locale = locales.at(-1) ?? "C";
const emptySchema = emptySchemas(() => databaseOf(locale), namingOf(oddNames));

describe("a PostgreSQL database in which our tables have odd names", () => {
  storageContract({
    describe,
    it,
    open: async () =>
      postgresStore({ connectionString: await databaseOf(locale), schema: await emptySchema(), ...oddNames }),
  });
});
