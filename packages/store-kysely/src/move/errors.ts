import * as Data from "effect/Data";

/** A move cannot begin, or not go on; `reason` says what is in the way, in one sentence. Nothing was changed. */
export class MoveRefused extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "MoveRefused";
  readonly code = "move_refused";
  override readonly message: string = this.reason;
}

/** The database to move to holds rows already; `table` is the first of its tables that does. */
export class TargetNotEmpty extends Data.Error<{ readonly table: string }> {
  readonly _tag = "TargetNotEmpty";
  readonly code = "target_not_empty";
  override readonly message: string = `The database to move to is not empty: there are rows in ${this.table}.`;
}

/** The database to move from was moved before; its rows are old. */
export class SourceMoved extends Data.Error<{ readonly movedAt: Date }> {
  readonly _tag = "SourceMoved";
  readonly code = "source_moved";
  override readonly message: string =
    `This database was moved to another one at ${this.movedAt.toISOString()}: use that one.`;
}

/** Both sides were compared and a row is not the same; `table` and `key` name it. The app still runs on the old side. */
export class StoresDiffer extends Data.Error<{
  readonly table: string;
  /** The key of the row as JSON. */
  readonly key: string;
  readonly kind: "missing" | "surplus" | "different";
}> {
  readonly _tag = "StoresDiffer";
  readonly code = "stores_differ";
  override readonly message: string =
    `A row of ${this.table} is ${this.kind} in the database that was moved to: ${this.key}.`;
}

/** Writes could not be paused for long enough to change databases, however often it was tried. The old side goes on. */
export class CutOverFailed extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "CutOverFailed";
  readonly code = "cut_over_failed";
  override readonly message: string =
    `The databases could not be changed over: ${this.reason}. Call moveStore again to go on.`;
}

/** The move was stopped by its signal. It goes on where it stopped when `moveStore` is called again. */
export class MoveStopped extends Data.Error {
  readonly _tag = "MoveStopped";
  readonly code = "move_stopped";
  override readonly message = "The move was stopped; moveStore goes on where it stopped.";
}
