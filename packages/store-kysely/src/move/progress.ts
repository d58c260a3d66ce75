/** How far a move is. */
export interface MoveProgress {
  /** `copy`, then `index`, `verify`, `follow`, `cut over`, `done`. */
  readonly phase: MovePhase;
  /** The table at hand, if any. */
  readonly table: string | undefined;
  /** Rows of this phase that are done; `total` is a count made when the phase began. */
  readonly rows: number;
  readonly total: number;
  /** Since the phase began, or this process took it up. */
  readonly rowsPerSecond: number;
  /** Undefined where nothing can be said. */
  readonly remainingSeconds: number | undefined;
}

/** What a move is doing, in this order. */
export type MovePhase = "copy" | "index" | "verify" | "follow" | "cut over" | "done";

/** Counts what is done and tells the caller of the move, at most ten times a second. */
export interface Progress {
  /** @param done rows that were done before this process took the move up. */
  readonly begin: (phase: MovePhase, total?: number, done?: number) => void;
  readonly advance: (table: string, rows: number) => void;
}

const quietMilliseconds = 100;

export const makeProgress = (tell: ((progress: MoveProgress) => void) | undefined): Progress => {
  let phase: MovePhase = "copy";
  let table: string | undefined;
  let [rows, before, total] = [0, 0, 0];
  let [begunAt, toldAt] = [performance.now(), 0];

  const say = (): void => {
    toldAt = performance.now();
    const seconds = Math.max((toldAt - begunAt) / 1_000, 0.001);
    const rowsPerSecond = (rows - before) / seconds;
    const left = Math.max(total - rows, 0);
    tell?.({
      phase,
      table,
      rows,
      total: Math.max(total, rows),
      rowsPerSecond,
      remainingSeconds: rowsPerSecond > 0 ? left / rowsPerSecond : undefined,
    });
  };

  return {
    begin: (next, of = 0, done = 0) => {
      [phase, table, rows, before, total] = [next, undefined, done, done, of];
      begunAt = performance.now();
      say();
    },
    advance: (of, more) => {
      table = of;
      rows += more;
      if (performance.now() - toldAt >= quietMilliseconds) say();
    },
  };
};
