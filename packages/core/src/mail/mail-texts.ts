import type { MailKind } from "../ports/mailer.ts";

/**
 * One message in one language. `{product}`, `{name}`, `{address}` and `{duration}` stand for what they name; `{name}` is
 * the name to greet, or the login.
 */
export interface MailText {
  readonly subject: string;
  /** What stands above the link. */
  readonly before: readonly string[];
  /** What the link is called; absent in mails without one. */
  readonly link?: string;
  /** What stands below it. */
  readonly after: readonly string[];
}

/** All messages in one language. */
export type MailTexts = { readonly [Kind in MailKind]: MailText };

/** The messages Muster comes with. */
export const englishMails: MailTexts = {
  password_reset: {
    subject: "Reset your password for {product}",
    before: ["Hello {name},", "somebody, hopefully you, asked to reset your password for {product}."],
    link: "Choose a new password",
    after: [
      "The link works once, for {duration}.",
      "If it was not you, ignore this mail: your password stays as it is.",
    ],
  },
  password_changed: {
    subject: "Your password for {product} was changed",
    before: [
      "Hello {name},",
      "your password for {product} was just changed, and all devices were logged out.",
      "If it was not you, reset your password at once: whoever changed it can log in.",
    ],
    after: [],
  },
  email_verification: {
    subject: "Confirm your email address for {product}",
    before: ["Hello {name},", "please confirm that {address} is your address."],
    link: "Confirm this address",
    after: [
      "The link works once, for {duration}.",
      "If you have no account with {product}, ignore this mail: somebody may have mistyped an address.",
    ],
  },
  email_change: {
    subject: "Confirm your new email address for {product}",
    before: ["Hello {name},", "please confirm that {address} is to be the address of your account from now on."],
    link: "Use this address",
    after: [
      "The link works once, for {duration}. Until then your account keeps its old address.",
      "If you have no account with {product}, ignore this mail: somebody may have mistyped an address.",
    ],
  },
  email_changed: {
    subject: "Your email address for {product} was changed",
    before: [
      "Hello {name},",
      "the address of your account is not {address} any more.",
      "If it was not you, take the change back. That logs out everybody and removes the password, which somebody else knows.",
    ],
    link: "Take the change back",
    after: ["The link works once, for {duration}."],
  },
  invitation: {
    subject: "You are invited to {product}",
    before: ["Hello {name},", "an account with {product} was made for {address}. Choose a password to use it."],
    link: "Accept the invitation",
    after: [
      "The link works once, for {duration}.",
      "If you do not know what this is about, ignore this mail: nobody can use the account then.",
    ],
  },
};
