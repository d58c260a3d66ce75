import express from "express";
import { listen } from "./listen.ts";

/** The least that an Express app with a JSON route does. */
const app = express();
app.disable("x-powered-by");
app.get("/", (_request, response) => {
  response.json({});
});
listen(app);
