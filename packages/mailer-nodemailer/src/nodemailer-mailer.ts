import type { Mail, Mailer } from "@muster/core";
import { createTransport } from "nodemailer";

/** The part of a nodemailer transporter that is used. */
export interface Transporter {
  readonly sendMail: (message: TransporterMessage) => Promise<unknown>;
}

/** What a transporter is given. */
export interface TransporterMessage {
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly headers: { readonly [name: string]: string };
  readonly disableFileAccess: true;
  readonly disableUrlAccess: true;
}

/** How mails are sent. */
export interface NodemailerOptions {
  /**
   * A connection URL, e.g. `smtps://user:secret@mail.example`, or a transporter made by nodemailer's `createTransport`,
   * whose timeouts and pool are the host's to choose.
   */
  readonly transport: string | Transporter;
  /** The sender, e.g. `App <no-reply@app.example>`. */
  readonly from: string;
}

/** A mail that is not taken within half a minute is tried again: what waits longer here would be sent twice. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 } as const;

/**
 * A mailer that hands mails to a server through nodemailer.
 *
 * Each attempt to send one mail has the same `Message-ID`, so that a mailbox that got it twice may show it once. A
 * recipient whom the server refuses for good (5xx in answer to `RCPT TO`, RFC 5321 §4.2.1) is not tried again; whatever
 * else goes wrong is, refused credentials included. Sends `Auto-Submitted: auto-generated` (RFC 3834 §5), which keeps
 * out-of-office answers away.
 */
export const nodemailerMailer = ({ transport, from }: NodemailerOptions): Mailer => {
  const transporter: Transporter =
    typeof transport === "string" ? createTransport({ url: transport, ...timeouts }) : transport;
  const host = /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
  return {
    send: async (mail) => {
      try {
        await transporter.sendMail(messageOf(mail, from, host));
      } catch (error) {
        throw isRefusedRecipient(error) ? refused() : notTaken(error);
      }
    },
  };
};

const messageOf = (mail: Mail, from: string, host: string): TransporterMessage => ({
  from,
  // As an object it is one address, whatever is in it, and never a list of some.
  to: { name: "", address: mail.to },
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  messageId: `<${mail.id}.${mail.tenant}@${host}>`,
  headers: { "Auto-Submitted": "auto-generated", "Content-Language": mail.locale },
  disableFileAccess: true,
  disableUrlAccess: true,
});

const isRefusedRecipient = (error: unknown): boolean =>
  error instanceof Error &&
  "command" in error &&
  error.command === "RCPT TO" &&
  "responseCode" in error &&
  typeof error.responseCode === "number" &&
  error.responseCode >= 500;

/** nodemailer calls refused credentials permanent as well; a mail must not be lost over a wrong password. */
const notTaken = (cause: unknown): Error => new Error("The mail server did not take the mail.", { cause });

/** Says nothing of the mail: it may be logged. */
const refused = (): Error =>
  Object.assign(new Error("The mail server refuses the recipient for good."), { permanent: true });
