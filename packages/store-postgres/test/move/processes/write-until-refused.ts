// Creates, changes, deletes and purges users of a SQLite file; prints what was acknowledged, a line each. Ends when it is
// refused for good.
import { createMuster, isMusterError } from "@muster/core";
import { sqliteStore } from "../../../../store-sqlite/src/index.ts";
import { startingGun } from "../../processes/starting-gun.ts";
import { writeUsers } from "../write-users.ts";

const [file = ""] = process.argv.slice(2);
const muster = await createMuster({ store: sqliteStore(file), issuer: "https://app.example", retentionDays: 0 });
await startingGun();
const writing = await writeUsers(muster, "elsewhere", () => false).catch((error) => error);
if (!isMusterError(writing.error)) throw writing.error;
console.log(JSON.stringify({ refusal: writing.error.message, expected: [...writing.expected] }));
await muster.close();
