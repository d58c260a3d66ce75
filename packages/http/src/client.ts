import { isIP } from "node:net";
import type { SessionClient } from "@muster/core";
import { type HttpRequest, header } from "./message.ts";

/**
 * What a session remembers of its client. An address that is none (a trusted proxy passes on whatever it was told) is
 * left out, a long `User-Agent` cut at 512 characters.
 */
export const clientOf = (request: HttpRequest): SessionClient => {
  const address = request.clientAddress?.()?.split("%")[0];
  const userAgent = header(request.headers, "user-agent")?.slice(0, 512);
  return {
    ...(address !== undefined && isIP(address) !== 0 && { address }),
    ...(userAgent !== undefined && userAgent !== "" && { userAgent }),
  };
};
