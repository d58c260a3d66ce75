import * as Data from "effect/Data";

/** The call needs a caller who is logged in. */
export class Unauthenticated extends Data.Error {
  readonly _tag = "Unauthenticated";
  readonly code = "unauthenticated";
  override readonly message = "Log in first.";
}

/** The caller may not do this. `operation` is the policy's name of what was tried. */
export class Forbidden extends Data.Error<{ readonly operation: string }> {
  readonly _tag = "Forbidden";
  readonly code = "forbidden";
  override readonly message: string = `You may not do this (${this.operation}).`;
}

/** The caller has to do something first; `actions` says what, first things first. */
export class ActionRequired extends Data.Error<{ readonly actions: readonly string[] }> {
  readonly _tag = "ActionRequired";
  readonly code = "action_required";
  override readonly message: string = `Something has to be done first (${this.actions.join(", ")}).`;
}

/** The application's own hook refused the change: nothing was written. `reason` is a text the application may show. */
export class ChangeRefused extends Data.Error<{ readonly reason: string; readonly cause?: unknown }> {
  readonly _tag = "ChangeRefused";
  readonly code = "change_refused";
  override readonly message: string = `The change was refused: ${this.reason}.`;
}
