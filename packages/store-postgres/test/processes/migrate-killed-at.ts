// Makes later migrations and kills itself just before its n-th statement; prints each statement that it sends, as JSON.
import * as Effect from "effect/Effect";
import { migrateLater } from "../later-migrations.ts";

const [connectionString = "", schema = "", fatal = "0"] = process.argv.slice(2);
let statements = 0;
const onStatement = (sql: string): void => {
  statements += 1;
  if (statements === Number(fatal)) process.kill(process.pid, "SIGKILL");
  console.log(JSON.stringify(sql));
};
await Effect.runPromise(migrateLater(connectionString, schema, onStatement));
