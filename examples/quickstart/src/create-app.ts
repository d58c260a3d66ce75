import { musterRouter } from "@muster/adapter-express";
import type { Muster } from "@muster/core";
import express, { type Express } from "express";
import { frontPage, mounted } from "./front-page.ts";
import { linkPage, linkPages } from "./link-page.ts";

/** An Express app with a route of its own beside Muster's. */
export const createApp = (muster: Muster): Express => {
  const app = express();
  app.disable("x-powered-by");
  app.get("/", (request, response) => {
    if (request.accepts(["json", "html"]) === "html") response.type("html").send(frontPage);
    else response.json(mounted);
  });
  for (const [path, page] of Object.entries(linkPages)) {
    app.get(path, (_, response) => response.type("html").set("Cache-Control", "no-store").send(linkPage(page)));
  }
  app.use("/api", musterRouter(muster));
  return app;
};
