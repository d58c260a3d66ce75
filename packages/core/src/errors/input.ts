import * as Data from "effect/Data";

/** One thing wrong with an input: where, which rule, and a sentence for people. */
export interface InputIssue {
  /** Path of the value, dots between steps, e.g. `tags.3` or `filter.and.0.email`. Empty for the whole input. */
  readonly field: string;
  /** Stable name of the broken rule, e.g. `required`, `max_length`, `password_too_common`. */
  readonly rule: string;
  /** What is allowed, to be read after the name of the field. Never holds the refused value. */
  readonly message: string;
}

/** The input breaks one or more rules; every broken rule is listed, nothing was written. */
export class InvalidInput extends Data.Error<{ readonly issues: readonly InputIssue[] }> {
  readonly _tag = "InvalidInput";
  readonly code = "invalid_input";
  override readonly message: string = `${this.issues
    .map(({ field, message }) => `${field || "input"}: ${message.replace(/\.$/, "")}`)
    .join("; ")}.`;
}

/** The record was changed since the caller read it: `expected` is what the caller named, `current` what is stored. */
export class VersionMismatch extends Data.Error<{ readonly expected: number; readonly current: number }> {
  readonly _tag = "VersionMismatch";
  readonly code = "version_mismatch";
  override readonly message: string = `Version ${this.expected} was expected, the current version is ${this.current}.`;
}
