/**
 * Moves everything from one database into another while apps go on using it.
 */
export { abandonMove } from "./abandon.ts";
export { CutOverFailed, MoveRefused, MoveStopped, SourceMoved, StoresDiffer, TargetNotEmpty } from "./errors.ts";
export type {
  ColumnFact,
  ColumnKind,
  Loosened,
  MovableStore,
  MoveDatabase,
  MovedColumn,
  MoveSql,
  Transacting,
} from "./movable.ts";
export { type MoveError, moveStore } from "./move-store.ts";
export type { MoveOptions, MoveReport } from "./options.ts";
export type { MovePhase, MoveProgress } from "./progress.ts";
export { moveChanges } from "./state-tables.ts";
export { type SwitchableStore, switchableStore } from "./switchable.ts";
