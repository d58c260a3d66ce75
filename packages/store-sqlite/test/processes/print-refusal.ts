// Opens a database, writes, and prints the error of it in one line.
import * as Effect from "effect/Effect";
import { sqliteStore } from "../../src/index.ts";

const [file = ""] = process.argv.slice(2);
const program = Effect.scoped(
  Effect.flatMap(sqliteStore(file).open, ({ transact }) =>
    transact(({ accessChanges }) => accessChanges.append({ tenant: "acme", userId: "1" }, new Date())),
  ),
);
const error = await Effect.runPromise(Effect.flip(program));
console.log(`${error._tag}: ${error.message}`);
