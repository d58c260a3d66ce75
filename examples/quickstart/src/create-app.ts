import { musterRouter } from "@muster/adapter-express";
import type { Muster } from "@muster/core";
import express, { type Express } from "express";
import { frontPage, mounted } from "./front-page.ts";

/** An Express app with a route of its own beside Muster's. */
export const createApp = (muster: Muster): Express => {
  const app = express();
  app.disable("x-powered-by");
  app.get("/", (request, response) => {
    if (request.accepts(["json", "html"]) === "html") response.type("html").send(frontPage);
    else response.json(mounted);
  });
  app.use("/api", musterRouter(muster));
  return app;
};
