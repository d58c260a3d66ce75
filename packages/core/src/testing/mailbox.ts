import type { Mail, Mailer, MailKind } from "../ports/mailer.ts";

/** Which mail is meant. */
export interface WantedMail {
  readonly kind: MailKind;
  readonly to?: string;
}

/** Keeps mails instead of sending them, for tests of what sends mails. */
export interface Mailbox extends Mailer {
  /** May be replaced, to do something else with a mail. */
  send: Mailer["send"];
  /** Everything that was sent, oldest first. */
  readonly mails: readonly Mail[];
  /**
   * The next mail of this kind (and to this address), among those that were not taken before; waits for it, five seconds
   * at most. Rejects when there is none by then.
   */
  readonly take: (wanted: WantedMail) => Promise<Mail>;
  /** Makes every attempt to send fail with this, as a mail server does that is down; undefined brings it up again. */
  readonly failWith: (error: unknown) => void;
}

const longestWait = 5_000;

/** An empty mailbox, to be given as `ports.mailer`. */
export const mailbox = (): Mailbox => {
  const mails: Mail[] = [];
  const taken = new Set<Mail>();
  const waiting = new Set<() => void>();
  let failure: unknown;

  const next = ({ kind, to }: WantedMail): Mail | undefined =>
    mails.find((mail) => !taken.has(mail) && mail.kind === kind && (to === undefined || mail.to === to));

  return {
    mails,
    failWith: (error) => {
      failure = error;
    },
    send: async (mail) => {
      if (failure !== undefined) throw failure;
      mails.push(mail);
      for (const look of waiting) look();
    },
    take: (wanted) =>
      new Promise((resolve, reject) => {
        const leave = (): void => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (): void => {
          const mail = next(wanted);
          if (mail === undefined) return;
          taken.add(mail);
          leave();
          resolve(mail);
        };
        const timer = setTimeout(() => {
          leave();
          const kinds = mails.map(({ kind, to }) => `${kind} to ${to}`).join(", ");
          reject(new Error(`No ${wanted.kind} came to ${wanted.to ?? "anybody"}; there is: ${kinds || "nothing"}.`));
        }, longestWait);
        waiting.add(look);
        look();
      }),
  };
};

/** The token in the link of a mail, as it stands behind `#token=`. */
export const tokenIn = ({ text }: Pick<Mail, "text">): string => {
  const token = /mst_[a-z]{3}_[A-Za-z0-9_-]{48}/.exec(text)?.[0];
  if (token === undefined) throw new Error("There is no token in this mail.");
  return token;
};
