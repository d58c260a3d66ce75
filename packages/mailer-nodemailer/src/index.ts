export { type NodemailerOptions, nodemailerMailer } from "./nodemailer-mailer.ts";
