import { storageContract } from "@muster/core/testing";
import { describe, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { databaseOf, emptySchemas, locales } from "./postgres.ts";

/** The locale that is furthest from comparing bytes. */
const locale = locales.at(-1) ?? "C";
const emptySchema = emptySchemas(() => databaseOf(locale));

describe("a PostgreSQL database", () => {
  storageContract({
    describe,
    it,
    open: async () => postgresStore({ connectionString: await databaseOf(locale), schema: await emptySchema() }),
  });
});
