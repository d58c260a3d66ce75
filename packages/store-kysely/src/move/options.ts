import type { MovableStore } from "./movable.ts";
import type { MoveProgress } from "./progress.ts";
import type { SwitchableStore } from "./switchable.ts";
import type { Checked } from "./verify.ts";

/** What to move where. */
export interface MoveOptions {
  /** The store to move from. That of a running app is a `switchableStore`, which changes over without a restart. */
  readonly from: MovableStore | SwitchableStore;
  /** The store to move to: empty, or one that this one was moved from before. */
  readonly to: MovableStore;
  /** Looks what is there and what is in the way, and writes nothing. */
  readonly dryRun?: boolean;
  /** Rows that are read and written at once, 1,000 unless given: a SQLite file holds up its process for as long as that takes. */
  readonly batchRows?: number;
  /** Told at most ten times a second. */
  readonly onProgress?: (progress: MoveProgress) => void;
  /** Stops the move. It goes on where it stopped when it is called again. */
  readonly signal?: AbortSignal;
}

/** What was moved, or with `dryRun` would be. */
export interface MoveReport {
  /** Each table with its rows; a checksum of both sides unless it was a dry run. */
  readonly tables: readonly (Pick<Checked, "table" | "rows"> & Partial<Checked>)[];
  /** What keeps the move from beginning, each in a sentence. Empty but for a dry run. */
  readonly hindrances: readonly string[];
  /** How long writes waited. 0 in a dry run. */
  readonly pauseMilliseconds: number;
}
