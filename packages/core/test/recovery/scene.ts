import type { MailKind, Muster, MusterOptions, NewUser, User } from "../../src/index.ts";
import { type Mailbox, mailbox, tokenIn } from "../../src/testing/index.ts";
import { quickHasher } from "../doubles/hashers.ts";
import { aClock, anInstance, refusal } from "../instance.ts";

export const password = "correct horse battery";
export const otherPassword = "wrong donkey capacitor";
export const origin = "https://app.example";
export const minute = 60_000;

export interface Scene {
  readonly muster: Muster;
  readonly box: Mailbox;
  readonly clock: ReturnType<typeof aClock>;
}

/** An instance whose mails land in a box, and a clock that stands. */
export const aScene = async (options: Partial<MusterOptions> = {}): Promise<Scene> => {
  const [box, clock] = [mailbox(), aClock()];
  const muster = await anInstance({
    mail: { origin },
    ...options,
    ports: { mailer: box, clock, passwordHasher: quickHasher(), ...options.ports },
  });
  return { muster, box, clock };
};

export const jane = (muster: Muster, given: NewUser = {}): Promise<User> =>
  muster.users.create({ username: "jane", email: "Jane@x.example", password, emailVerified: true, ...given });

export const login = (muster: Muster, secret: string = password) =>
  muster.sessions.login({ login: "jane", password: secret });

/** The operations as jane, logged in. */
export const asJane = async (muster: Muster, secret?: string) =>
  muster.as(await muster.sessions.authenticate((await login(muster, secret)).accessToken));

/** The token in the next mail of a kind. */
export const tokenFrom = async ({ box }: Scene, kind: MailKind, to?: string): Promise<string> =>
  tokenIn(await box.take(to === undefined ? { kind } : { kind, to }));

/**
 * The kinds of all mails there will be: waits until one that is asked for now has come. Mails to different users are
 * sent in no order, so it asks for three and leaves them out.
 */
export const mailsSoFar = async ({ muster, box }: Scene): Promise<readonly string[]> => {
  const name = `witness-${box.mails.length}-${(await muster.users.count()).count}`;
  await muster.users.create({ username: name, email: `${name}@witness.example` });
  for (let round = 0; round < 3; round++) {
    await muster.users.changeEmail((await muster.users.findByUsername(name)).id, `${name}-${round}@witness.example`);
    await muster.recovery.requestPasswordReset({ login: name });
    await box.take({ kind: "password_reset", to: `${name}-${round}@witness.example` });
  }
  return box.mails.filter(({ to }) => !to.endsWith("@witness.example")).map(({ kind }) => kind);
};

/** What happened to many calls at once: `ok` or the tag of the error, and how often. */
export const tally = async (calls: readonly Promise<unknown>[]): Promise<Readonly<Record<string, number>>> => {
  const counts: Record<string, number> = {};
  for (const call of await Promise.allSettled(calls)) {
    const outcome = call.status === "fulfilled" ? "ok" : (await refusal(Promise.reject(call.reason)))._tag;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};
