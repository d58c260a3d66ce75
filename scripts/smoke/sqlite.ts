import { createMuster } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import { walk } from "./walk.js";

const muster = await createMuster({ store: sqliteStore("smoke.db"), issuer: "https://smoke.example" });
console.log(await walk(muster, "SQLite"));
