import { isMusterError } from "@muster/core";
import { BadSetting } from "./settings.ts";

/** One sentence for what may go wrong at start; anything else is a bug and keeps its stack. */
export const failureSentence = (error: unknown): unknown => {
  if (error instanceof BadSetting || isMusterError(error)) return error.message;
  if (isSystemError(error)) {
    if (error.code === "EADDRINUSE") return `Port ${error.port} is taken: set PORT to another one.`;
    if (error.code === "EADDRNOTAVAIL" || error.syscall === "getaddrinfo")
      return `HOST is not an address of this machine (${error.code}).`;
    if (error.syscall === "listen") return `Port ${error.port} cannot be had (${error.code}): set PORT to another one.`;
  }
  return error;
};

interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly port?: number;
}

const isSystemError = (error: unknown): error is SystemError =>
  error instanceof Error && "code" in error && "syscall" in error;
