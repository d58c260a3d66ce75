// Moves one database into another and kills itself just before its n-th statement; prints "moved" when it gets through.
import { moveStore } from "@muster/store-kysely/move";
import { sqliteStore } from "../../../../store-sqlite/src/index.ts";
import { postgresStore } from "../../../src/index.ts";

const [from = "", to = "", schema = "", fatal = "0"] = process.argv.slice(2);
let statements = 0;
const onStatement = (): void => {
  statements += 1;
  if (statements === Number(fatal)) process.kill(process.pid, "SIGKILL");
};
await moveStore({
  from: sqliteStore(from, { onStatement }),
  to: schema === "" ? sqliteStore(to, { onStatement }) : postgresStore({ connectionString: to, schema, onStatement }),
  batchRows: 200,
});
console.log(`moved with ${statements} statements`);
