import { InvalidConfiguration } from "../errors.ts";
import type { MailedPurpose } from "../ports/one-time-token-store.ts";

/** How long the links of mails work, and how a user's own address changes. */
export interface RecoveryOptions {
  /** 60–86,400; 3,600 unless given. The OWASP Forgot Password Cheat Sheet asks for a limit and names none. */
  readonly passwordResetSeconds?: number;
  /** 60–604,800; 86,400 unless given, the most NIST SP 800-63A-3 §4.4.1.6 allows a code sent to an address of email. */
  readonly emailVerificationSeconds?: number;
  /** 60–604,800; 3,600 unless given: whoever asks for it is at the mailbox. */
  readonly emailChangeSeconds?: number;
  /** 3,600–2,592,000; 259,200 (three days) unless given: long enough to be seen after a weekend. */
  readonly emailUndoSeconds?: number;
  /**
   * 3,600–2,592,000; 604,800 (a week) unless given: nobody waits for an invitation, and it should outlast a weekend and a
   * few days off. It lets in nobody who has something to lose yet.
   */
  readonly invitationSeconds?: number;
  /** The least time between two mails to one user about the same: 0–3,600; 60 unless given. */
  readonly mailIntervalSeconds?: number;
  /**
   * `proven`: what a user wants as email stays pending until the link in the mail to it is followed. `direct`: it
   * changes at once, unproven. Admins and the system always change it directly. `proven` unless given where mails can be
   * sent, `direct` where not.
   */
  readonly ownEmailChange?: "proven" | "direct";
}

/** {@link RecoveryOptions}, decided. */
export interface RecoverySettings {
  readonly lifetimes: Readonly<Record<MailedPurpose, number>>;
  readonly mailIntervalSeconds: number;
  readonly ownEmailChange: "proven" | "direct";
}

const week = 604_800;

/** Checks the options and fills in the defaults. Throws InvalidConfiguration. */
export const recoverySettings = (options: RecoveryOptions, canSend: boolean): RecoverySettings => {
  const seconds = (
    name: Exclude<keyof RecoveryOptions, "ownEmailChange">,
    least: number,
    most: number,
    usual: number,
  ) => {
    const value = options[name] ?? usual;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw broken(name, `a whole number from ${least} to ${most}`);
  };
  const { ownEmailChange = canSend ? "proven" : "direct" } = options;
  if (ownEmailChange !== "proven" && ownEmailChange !== "direct") throw broken("ownEmailChange", "proven or direct");
  if (ownEmailChange === "proven" && !canSend) throw broken("ownEmailChange", "direct where no mail can be sent");
  return {
    lifetimes: {
      password_reset: seconds("passwordResetSeconds", 60, 86_400, 3_600),
      email_verification: seconds("emailVerificationSeconds", 60, week, 86_400),
      email_change: seconds("emailChangeSeconds", 60, week, 3_600),
      email_undo: seconds("emailUndoSeconds", 3_600, 2_592_000, 259_200),
      invitation: seconds("invitationSeconds", 3_600, 2_592_000, week),
    },
    mailIntervalSeconds: seconds("mailIntervalSeconds", 0, 3_600, 60),
    ownEmailChange,
  };
};

const broken = (option: string, rule: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The option 'recovery.${option}' must be ${rule}.` });
