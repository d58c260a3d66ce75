import type { Server } from "node:http";
import type { Muster } from "@muster/core";

/** A request that takes longer than this after the signal is cut off. */
const patienceMilliseconds = 10_000;

/**
 * On SIGINT or SIGTERM takes no more connections, lets requests in flight finish, closes the store and lets the process
 * end with exit code 0. A second signal changes nothing: from a terminal, and through a package manager, one Ctrl-C can
 * arrive twice.
 */
export const stopOnSignal = (server: Server, muster: Muster): void => {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    // A connection kept alive after its last answer would hold the process until it times out.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const cutOff = setTimeout(() => server.closeAllConnections(), patienceMilliseconds);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(cutOff);
      muster.close().then(
        () => {
          process.exitCode = 0;
        },
        (error: unknown) => {
          console.error(error);
          process.exitCode = 1;
        },
      );
    });
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
};
