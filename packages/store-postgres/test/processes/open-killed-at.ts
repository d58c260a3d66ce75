// Opens a database and kills itself just before its n-th statement; prints "opened" when it gets through.
import * as Effect from "effect/Effect";
import { postgresStore } from "../../src/index.ts";

const [connectionString = "", schema = "", fatal = "0"] = process.argv.slice(2);
let statements = 0;
const onStatement = (): void => {
  statements += 1;
  if (statements === Number(fatal)) process.kill(process.pid, "SIGKILL");
};
await Effect.runPromise(Effect.scoped(postgresStore({ connectionString, schema, onStatement }).open));
console.log(`opened after ${statements} statements`);
