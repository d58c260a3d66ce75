import { createServer, type RequestListener, type Server } from "node:http";
import type { Settings } from "./settings.ts";

/** A server whose port is taken. */
export interface Listening {
  readonly server: Server;
  /** Gives it the app, which answers also those requests that came before. */
  readonly serve: (app: RequestListener) => void;
}

/**
 * Takes the port; resolves once connections are taken and rejects when the port or the host cannot be had. Requests wait
 * until there is an app.
 */
export const listen = (settings: Settings): Promise<Listening> =>
  new Promise((resolve, reject) => {
    const waiting: Parameters<RequestListener>[] = [];
    const wait: RequestListener = (...request) => void waiting.push(request);
    const server = createServer(wait);
    const serve = (app: RequestListener): void => {
      server.off("request", wait).on("request", app);
      for (const request of waiting.splice(0)) app(...request);
    };
    server.once("error", reject);
    server.listen(settings.port, settings.host, () => {
      server.off("error", reject);
      resolve({ server, serve });
    });
  });

/** Where the server is reached: the host as configured, the port as taken. */
export const addressOf = (server: Server, settings: Settings): string => {
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : settings.port;
  return `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${port}`;
};
