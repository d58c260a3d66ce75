import type { Mailer } from "@muster/core";
import { nodemailerMailer } from "@muster/mailer-nodemailer";
import type { Settings } from "./settings.ts";

/** Sends mails through the server in `MUSTER_SMTP_URL`, or prints them for want of one. */
export const mailerOf = ({ smtpUrl, mailFrom }: Settings): Mailer =>
  smtpUrl === undefined ? printingMailer : nodemailerMailer({ transport: smtpUrl, from: mailFrom });

const printingMailer: Mailer = {
  send: async ({ to, subject, text }) => {
    console.log(`\n--- Mail to ${to} (set MUSTER_SMTP_URL to send mails)\nSubject: ${subject}\n\n${text}---`);
  },
};
