import { toNodeHandler } from "better-auth/node";
import express from "express";
import { openBetterAuth } from "../peer/better-auth.ts";
import { listen } from "./listen.ts";

/** An Express app with better-auth's handler, on the file given. */
const [path = ""] = process.argv.slice(2);
const { auth } = await openBetterAuth(path);
const app = express();
app.disable("x-powered-by");
app.all("/api/auth/*path", toNodeHandler(auth));
listen(app);
