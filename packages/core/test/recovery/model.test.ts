import fc from "fast-check";
import { expect, it } from "vitest";
import { isMusterError, type Mail, type Muster, type Principal } from "../../src/index.ts";
import { tokenIn } from "../../src/testing/index.ts";
import { aScene, mailsSoFar, minute, type Scene } from "./scene.ts";

/** One of two people, as the world sees them: what they know, and which mailboxes they read. */
type Who = "jane" | "joe";
const people: readonly Who[] = ["jane", "joe"];
const addresses = ["jane@x.example", "joe@x.example", "shared@x.example"] as const;
const passwords = ["first long phrase", "second long phrase", "third long phrase"] as const;

const who = fc.constantFrom(...people);
const password = fc.constantFrom(...passwords);
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });

const step = fc.oneof(
  often(2, fc.record({ kind: fc.constant("ask reset" as const), who })),
  often(1, fc.record({ kind: fc.constant("ask verification" as const), who })),
  often(4, fc.record({ kind: fc.constant("ask change" as const), who, to: fc.constantFrom(...addresses) })),
  often(8, fc.record({ kind: fc.constant("use mail" as const), newest: fc.nat(3), password, as: fc.option(who) })),
  often(4, fc.record({ kind: fc.constant("log in" as const), who })),
  often(1, fc.record({ kind: fc.constant("set password" as const), who, password })),
  often(1, fc.record({ kind: fc.constant("disable or enable" as const), who })),
  often(1, fc.record({ kind: fc.constant("wait" as const), minutes: fc.constantFrom(-5, 1, 30, 61, 1_441, 4_321) })),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface World extends Scene {
  readonly ids: Readonly<Record<Who, string>>;
  readonly sessions: Map<Who, { readonly accessToken: string; readonly principal: Principal }>;
  /** Texts of tokens that were used with success. */
  readonly spent: Set<string>;
}

const attempt = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (isMusterError(error)) return false;
    throw error;
  }
};

const use = (
  muster: Muster,
  mail: Mail,
  token: string,
  password: string,
  as: Principal | undefined,
): Promise<unknown> => {
  const { recovery } = muster.as(as ?? "anonymous");
  switch (mail.kind) {
    case "password_reset":
      return recovery.resetPassword({ token, password });
    case "email_changed":
      return recovery.undoEmailChange({ token });
    default:
      return recovery.confirmEmail({ token });
  }
};

const run = async (world: World, act: Step): Promise<void> => {
  const { muster, clock, box, ids, sessions, spent } = world;
  switch (act.kind) {
    case "wait":
      clock.wait(act.minutes * minute);
      return;
    case "ask reset":
      await muster.recovery.requestPasswordReset({ login: act.who });
      break;
    case "ask verification":
      await muster.recovery.requestEmailVerification(ids[act.who]);
      break;
    case "ask change": {
      const session = sessions.get(act.who);
      if (session === undefined) return;
      for (const secret of passwords) {
        const request = { email: act.to, password: secret };
        if (await attempt(muster.as(session.principal).recovery.requestEmailChange(request))) break;
      }
      break;
    }
    case "log in":
      // Whoever it is has tried all of them: what a login may do is not the matter here.
      for (const secret of passwords) {
        const done = await muster.sessions.login({ login: act.who, password: secret }).catch(() => undefined);
        if (done === undefined) continue;
        sessions.set(act.who, { ...done, principal: await muster.sessions.authenticate(done.accessToken) });
      }
      return;
    case "set password":
      await muster.users.setPassword(ids[act.who], act.password);
      break;
    case "disable or enable": {
      const { status } = await muster.users.get(ids[act.who]);
      await (status === "enabled" ? muster.users.disable(ids[act.who]) : muster.users.enable(ids[act.who]));
      break;
    }
    case "use mail": {
      const linked = box.mails.filter(({ text }) => text.includes("#token="));
      const mail = linked.at(-1 - act.newest);
      if (mail === undefined) return;
      const token = tokenIn(mail);
      const before = await Promise.all(people.map((who) => muster.users.get(ids[who])));
      const principal = act.as === null ? undefined : sessions.get(act.as)?.principal;
      const worked = await attempt(use(muster, mail, token, act.password, principal));
      const after = await Promise.all(people.map((who) => muster.users.get(ids[who])));
      const changed = after.filter((user, index) => user.version !== before[index]?.version);
      // A token changes one account, once; the account has the address the mail was sent to.
      expect(worked && spent.has(token)).toBe(false);
      expect(changed.length).toBe(worked ? 1 : 0);
      if (worked) {
        spent.add(token);
        expect([changed[0]?.email, changed[0]?.emailVerifiedAt instanceof Date]).toEqual([mail.to, true]);
      }
      break;
    }
  }
  await delivered();
};

/** Enough for the relay, which works in this process and in memory. */
const delivered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3));

const checkInvariants = async ({ muster, ids, sessions }: World): Promise<void> => {
  const users = await Promise.all(people.map((who) => muster.users.get(ids[who])));
  const emails = users.map(({ email }) => email).filter((email) => email !== null);
  expect(new Set(emails).size).toBe(emails.length);
  for (const user of users) {
    const live = await muster.sessions.list(user.id);
    if (user.status !== "enabled") expect(live).toEqual([]);
  }
  for (const [who, { accessToken }] of sessions) {
    const found = await muster.sessions.authenticate(accessToken).catch(() => undefined);
    if (found === undefined) sessions.delete(who);
    else expect(found.userId).toBe(ids[who]);
  }
};

it("whatever two users do with their mails, in any order and at any time, nobody gets another's account", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40, size: "max" }), async (steps) => {
      const scene = await aScene({ recovery: { mailIntervalSeconds: 0 } });
      const ids = {
        jane: (
          await scene.muster.users.create({
            username: "jane",
            email: "jane@x.example",
            password: passwords[0],
            emailVerified: true,
          })
        ).id,
        joe: (await scene.muster.users.create({ username: "joe", email: "joe@x.example", password: passwords[0] })).id,
      };
      const world: World = { ...scene, ids, sessions: new Map(), spent: new Set() };
      for (const act of steps) {
        await run(world, act);
        await checkInvariants(world);
      }
      await mailsSoFar(scene);
      await scene.muster.close();
    }),
    { numRuns: 60, interruptAfterTimeLimit: 8_000 },
  );
});
