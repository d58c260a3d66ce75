// Listens for changes of access and then has nothing left to do; prints when it listens.
import * as Effect from "effect/Effect";
import * as Scope from "effect/Scope";
import { postgresStore } from "../../src/index.ts";

const [connectionString = "", schema = ""] = process.argv.slice(2);
const onStatement = (sql: string): void => {
  if (sql.startsWith("listen")) console.log("listening");
};
// Never closed: a host may forget that.
const scope = await Effect.runPromise(Scope.make());
const open = postgresStore({ connectionString, schema, onStatement }).open;
const storage = await Effect.runPromise(Effect.provideService(open, Scope.Scope, scope));
storage.onAccessChange?.(() => {});
