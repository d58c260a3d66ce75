import { createServer, type Server } from "node:http";
import type { Settings } from "./settings.ts";

/**
 * Takes the port; resolves once connections are taken and rejects when the port or the host cannot be had. Requests wait
 * until an app listens to them.
 */
export const listen = (settings: Settings): Promise<Server> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(settings.port, settings.host, () => {
      server.off("error", reject);
      resolve(server);
    });
  });

/** Where the server is reached: the host as configured, the port as taken. */
export const addressOf = (server: Server, settings: Settings): string => {
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : settings.port;
  return `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
};
