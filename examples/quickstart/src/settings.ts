/** What the environment may decide. */
export interface Settings {
  /** `HOST`, 127.0.0.1 unless given: reachable from this machine only. */
  readonly host: string;
  /** `PORT`, 3000 unless given; 0 takes a free one. */
  readonly port: number;
  /** `MUSTER_DATABASE`, `./muster.db` unless given: a path from the directory the app is started in, or `postgres://…`. */
  readonly database: string;
  /** `MUSTER_ADMIN_PASSWORD`, read when the first admin is made; a random one takes its place. */
  readonly adminPassword: string | undefined;
  /** `MUSTER_ORIGIN`, where users reach the app: the links of mails lead there. Host and port unless given. */
  readonly origin: string | undefined;
  /** `MUSTER_SMTP_URL`, e.g. `smtp://user:secret@mail.example`; mails are printed unless given. */
  readonly smtpUrl: string | undefined;
  /** `MUSTER_MAIL_FROM`, the sender of mails. */
  readonly mailFrom: string;
  /** `MUSTER_SECRET`, under which keys are encrypted in the database; several with commas between them, the current one first. */
  readonly secret: readonly string[];
  /** The name in access tokens. It must not change between starts, so it is not made of host and port. */
  readonly issuer: string;
}

/** A setting makes no sense; the message says which and what is allowed. */
export class BadSetting extends Error {}

/** Reads the settings; an empty variable counts as absent. Throws {@link BadSetting}. */
export const readSettings = (environment: NodeJS.ProcessEnv): Settings => ({
  host: environment.HOST || "127.0.0.1",
  port: readPort(environment.PORT || "3000"),
  database: environment.MUSTER_DATABASE || "./muster.db",
  adminPassword: environment.MUSTER_ADMIN_PASSWORD || undefined,
  origin: environment.MUSTER_ORIGIN || undefined,
  smtpUrl: environment.MUSTER_SMTP_URL || undefined,
  mailFrom: environment.MUSTER_MAIL_FROM || "Muster quickstart <no-reply@quickstart.example>",
  secret: (environment.MUSTER_SECRET || undefined)?.split(",") ?? [],
  issuer: "https://quickstart.example",
});

const readPort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new BadSetting("PORT must be a whole number from 0 to 65535.");
  return port;
};
