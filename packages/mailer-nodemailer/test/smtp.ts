import { SMTPServer } from "smtp-server";

/** A mail as a server received it. */
export interface ReceivedMail {
  readonly to: readonly string[];
  /** Headers and body, as they came over the wire. */
  readonly source: string;
  /** Both texts with their transfer encoding undone. */
  readonly text: string;
}

/** What a server says no with. */
export interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface TestServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
  /** Refuses a command, recipients unless said otherwise, with this answer; undefined takes everything again. */
  readonly refuse: (answer: Refusal | undefined, command?: "RCPT TO" | "MAIL FROM") => void;
  readonly close: () => Promise<void>;
}

/** A real SMTP server in this process, on a port of its own or the given one. */
export const smtpServer = async (port = 0): Promise<TestServer> => {
  const mails: ReceivedMail[] = [];
  let refusal: Refusal | undefined;
  let refused = "RCPT TO";
  const answer = (command: string, callback: (error?: Error) => void): void => {
    if (refusal === undefined || command !== refused) callback();
    else callback(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
  };
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onMailFrom: (_address, _session, callback) => answer("MAIL FROM", callback),
    onRcptTo: (_address, _session, callback) => answer("RCPT TO", callback),
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        const source = Buffer.concat(chunks).toString("utf8");
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), source, text: decoded(source) });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.server.address();
  if (typeof address !== "object" || address === null) throw new Error("not listening");
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    refuse: (answered, command = "RCPT TO") => {
      refusal = answered;
      refused = command;
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

/** Quoted-printable undone (RFC 2045 §6.7): links and tokens are whole again. */
const decoded = (source: string): string =>
  source
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
