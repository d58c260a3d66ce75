import type { Clock } from "../../src/ports/environment.ts";

/** A clock that stands still until it is told otherwise. */
export interface SteeredClock extends Clock {
  readonly advance: (milliseconds: number) => void;
}

export const steeredClock = (start: number = Date.UTC(2026, 5, 1)): SteeredClock => {
  let time = start;
  return {
    now: () => time,
    advance: (milliseconds) => {
      time += milliseconds;
    },
  };
};
