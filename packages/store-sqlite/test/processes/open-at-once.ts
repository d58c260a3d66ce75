// Opens a database when told and prints how many migrations this process made.
import * as Effect from "effect/Effect";
import { sqliteStore } from "../../src/index.ts";
import { startingGun } from "./starting-gun.ts";

const [file = ""] = process.argv.slice(2);
let made = 0;
const onStatement = (sql: string): void => {
  if (sql.startsWith('insert into "muster_migrations"')) made += 1;
};
await startingGun();
await Effect.runPromise(Effect.scoped(sqliteStore(file, { onStatement }).open));
console.log(`made ${made}`);
