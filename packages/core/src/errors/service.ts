import * as Data from "effect/Data";

/** This instance has no way to send mails: it was made without a mailer. Nothing was done. */
export class MailNotConfigured extends Data.Error {
  readonly _tag = "MailNotConfigured";
  readonly code = "mail_not_configured";
  override readonly message = "No mail can be sent here.";
}

/** More passwords wait to be hashed than the queue takes. Nothing was done; come back after `retryAfterSeconds`. */
export class TooBusy extends Data.Error<{ readonly retryAfterSeconds: number }> {
  readonly _tag = "TooBusy";
  readonly code = "too_busy";
  override readonly message = "Too many logins at once; try again shortly.";
}

/** The database did not answer, is locked, full or read-only. `retryable` tells whether the same call may be repeated. */
export class StoreUnavailable extends Data.Error<{
  readonly reason: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
}> {
  readonly _tag = "StoreUnavailable";
  readonly code = "store_unavailable";
  override readonly message: string = `The database is not available: ${this.reason}.`;
  readonly retryAfterSeconds = 1;
}

/** The database was written by a newer version, or its schema was altered by someone else. Refused at start. */
export class UnsupportedSchema extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "UnsupportedSchema";
  readonly code = "unsupported_schema";
  override readonly message: string = this.reason;
}

/** An option given to `createMuster` or to a store makes no sense; `reason` names the option and the rule. */
export class InvalidConfiguration extends Data.Error<{ readonly reason: string }> {
  readonly _tag = "InvalidConfiguration";
  readonly code = "invalid_configuration";
  override readonly message: string = this.reason;
}

/** The instance was closed with `muster.close()`. */
export class Closed extends Data.Error {
  readonly _tag = "Closed";
  readonly code = "closed";
  override readonly message = "This Muster instance is closed.";
}
