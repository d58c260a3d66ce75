// One of several processes that serve one database. Arguments: a SQLite file or `postgres://…`. Keys sign a second after
// they were made.
import type { Server } from "node:http";
import { createMuster, type MusterOptions } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import express from "express";
import { postgresStore } from "../../../store-postgres/src/index.ts";
import { musterRouter } from "../../src/index.ts";

const [database = ""] = process.argv.slice(2);
const store = database.startsWith("postgres") ? postgresStore({ connectionString: database }) : sqliteStore(database);

const muster = await createMuster({
  store: store as MusterOptions["store"],
  issuer: "https://app.example",
  tokens: { prepareSeconds: 1 },
  secret: "a secret that all processes are given",
});

const app = express();
app.use("/api", musterRouter(muster));
const server = await new Promise<Server>((resolve) => {
  const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
});
const address = server.address();
process.once("disconnect", () => process.exit());
process.send?.(typeof address === "object" ? address?.port : undefined);
