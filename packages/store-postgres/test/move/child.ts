import { type Child, startChild } from "../child.ts";

/** Runs a script of this folder's `processes`. */
export const startMoveChild = (script: string, args: readonly string[]): Child =>
  startChild(`../move/processes/${script}`, args);
