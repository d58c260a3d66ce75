import type { AddressInfo } from "node:net";
import type { Express } from "express";

/** Listens on a free port, tells the process that started this one, and ends with it. */
export const listen = (app: Express): void => {
  const server = app.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("disconnect", () => process.exit());
};
