// Listens for changes of access, closes the store while the connection is on its way, and prints when it is closed.
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import { postgresStore } from "../../src/index.ts";

const [connectionString = "", schema = ""] = process.argv.slice(2);
const scope = await Effect.runPromise(Scope.make());
const storage = await Effect.runPromise(Scope.provide(postgresStore({ connectionString, schema }).open, scope));
storage.onAccessChange?.(() => {});
await Effect.runPromise(Scope.close(scope, Exit.void));
console.log("closed");
