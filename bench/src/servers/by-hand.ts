import express from "express";
import { openFile } from "../floors/open-file.ts";
import { makeUserReader } from "../floors/read-user.ts";
import { listen } from "./listen.ts";

/** What a route costs that answers one user by hand: who asks is a look-up in a map, there is no policy. */
const [path = "", token = "", id = ""] = process.argv.slice(2);
const reader = makeUserReader(openFile(path));
const holders = new Map([[`Bearer ${token}`, id]]);
const app = express();
app.disable("x-powered-by");
app.get("/api/users/me", (request, response) => {
  const holder = holders.get(request.headers.authorization ?? "");
  if (holder === undefined) response.status(401).json({});
  else response.json(reader.get(holder));
});
listen(app);
