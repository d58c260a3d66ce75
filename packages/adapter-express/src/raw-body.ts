import type { IncomingMessage } from "node:http";
import { checkUnreadBody, HttpProblem, refuseBeyond } from "@muster/http";

/**
 * Reads a body that nobody has read yet. Stops keeping what arrives as soon as it passes the limit; a client that goes
 * away half-way fails the read and nothing else.
 */
export const readRawBody = (request: IncomingMessage, limitBytes: number): Promise<Uint8Array> => {
  checkUnreadBody(request, limitBytes);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (finish: () => void): void => {
      request.off("data", onData).off("end", onEnd).off("error", onGone).off("close", onGone);
      // An aborted request may still emit an error; without a listener that would end the process.
      request.on("error", () => {});
      finish();
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      try {
        refuseBeyond(length, limitBytes);
        chunks.push(chunk);
      } catch (error) {
        settle(() => reject(error));
        request.resume();
      }
    };
    const onEnd = (): void => settle(() => resolve(Buffer.concat(chunks)));
    const onGone = (): void => settle(() => reject(new HttpProblem("malformed_request", "The body ended early.")));
    request.on("data", onData).on("end", onEnd).on("error", onGone).on("close", onGone);
  });
};
