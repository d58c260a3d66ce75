import type { SessionClient } from "@muster/core";
import { type HttpRequest, header } from "./message.ts";

/**
 * What a session remembers of its client. What cannot be an address (a trusted proxy passes on whatever it was
 * told) is left out, a long `User-Agent` cut at 512 characters.
 */
export const clientOf = (request: HttpRequest): SessionClient => {
  const address = request.clientAddress?.();
  const userAgent = header(request.headers, "user-agent")?.slice(0, 512);
  return {
    ...(address !== undefined && /^[0-9A-Fa-f:.]{2,45}$/.test(address) && { address }),
    ...(userAgent !== undefined && userAgent !== "" && { userAgent }),
  };
};
