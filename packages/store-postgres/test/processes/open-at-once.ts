// Opens a database when told and prints how many migrations this process made.
import * as Effect from "effect/Effect";
import { postgresStore } from "../../src/index.ts";
import { startingGun } from "./starting-gun.ts";

const [connectionString = "", schema = ""] = process.argv.slice(2);
let made = 0;
const onStatement = (sql: string): void => {
  if (/^insert into \S+muster_migrations/.test(sql)) made += 1;
};
await startingGun();
await Effect.runPromise(Effect.scoped(postgresStore({ connectionString, schema, onStatement }).open));
console.log(`made ${made}`);
