/** What a mail is about. */
export type MailKind =
  | "password_reset"
  | "password_changed"
  | "email_verification"
  | "email_change"
  | "email_changed"
  | "invitation";

/** A mail ready to be sent. Its text holds a secret link: it belongs in no log. */
export interface Mail {
  /** The same for every attempt to send one mail. */
  readonly id: string;
  readonly kind: MailKind;
  readonly tenant: string;
  /** One address, as the user typed it. */
  readonly to: string;
  /** One line. */
  readonly subject: string;
  readonly text: string;
  /** A whole HTML document that says the same. */
  readonly html: string;
  /** BCP 47 tag of the language it is written in. */
  readonly locale: string;
}

/** Sends mails. Called after the commit of what the mail tells of, never in a transaction. */
export interface Mailer {
  /**
   * Resolves when somebody else is responsible for the mail. It may be called again with a mail that was sent already:
   * an answer can be lost. When it rejects, the mail is tried again later, unless the error has `permanent: true`: then no
   * server will ever take it. What it rejects with may be logged, so it holds no text of the mail.
   */
  readonly send: (mail: Mail) => Promise<void>;
}
