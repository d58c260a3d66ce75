import { musterRouter } from "@muster/adapter-express";
import express from "express";
import { openMuster } from "../open-muster.ts";
import { listen } from "./listen.ts";

/** An Express app with Muster's router, on the file given. */
const [path = ""] = process.argv.slice(2);
const app = express();
app.disable("x-powered-by");
app.use("/api", musterRouter(await openMuster(path)));
listen(app);
