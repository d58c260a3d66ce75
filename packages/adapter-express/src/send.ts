import type { ServerResponse } from "node:http";
import type { HttpResponse } from "@muster/http";

/** Sends a response, unless the client has gone or somebody else has answered. */
export const send = (response: ServerResponse, { status, headers, body }: HttpResponse): void => {
  if (response.headersSent || response.destroyed) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === null) response.end();
  else {
    response.setHeader("Content-Length", Buffer.byteLength(body));
    response.end(body);
  }
};
