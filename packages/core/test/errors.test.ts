import * as Effect from "effect/Effect";
import { afterAll, describe, expect, test } from "vitest";
import { sqliteStore } from "../../store-sqlite/src/index.ts";
import {
  createMuster,
  errorFacts,
  isMusterError,
  type MusterError,
  memoryStore,
  type StoreModule,
  StoreUnavailable,
  UnsupportedSchema,
} from "../src/index.ts";
import { mailbox } from "../src/testing/index.ts";
import { changeFile } from "./doubles/sqlite-file.ts";
import { newFile } from "./doubles/stores.ts";
import { actingAs, anInstance, aPerson, refusal } from "./instance.ts";
import { aScene } from "./second-factor/scene.ts";

const password = "correct horse battery";
/** Jane, who has an authenticator app, in the session in which she set it up. */
const enrolled = async () => {
  const scene = await aScene();
  return { muster: scene.muster, acting: (await scene.enrol()).acting };
};
const broken = (error: StoreUnavailable | UnsupportedSchema): StoreModule => ({
  name: "broken",
  open: Effect.fail(error),
});

/** How a host meets each error. */
const ways: { readonly [Tag in MusterError["_tag"]]: () => Promise<unknown> } = {
  InvalidInput: async () => (await anInstance()).users.create({}),
  UserNotFound: async () => (await anInstance()).users.get("nobody"),
  SessionNotFound: async () => (await anInstance()).sessions.revoke("00000000-0000-7000-8000-000000000000"),
  KeyNotFound: async () => (await anInstance()).keys.revoke("x"),
  GroupNotFound: async () => (await anInstance()).groups.get("nowhere"),
  GroupIdTaken: async () => {
    const { groups } = await anInstance();
    await groups.create({ id: "one", name: "one" });
    return groups.create({ id: "one", name: "two" });
  },
  GroupCycle: async () => {
    const { groups } = await anInstance();
    const { id } = await groups.create({ name: "one" });
    return groups.move(id, id);
  },
  GroupTooDeep: async () => {
    const { groups } = await anInstance({ groups: { maximumDepth: 1 } });
    const { id } = await groups.create({ name: "one" });
    return groups.create({ name: "two", parentId: id });
  },
  UsernameTaken: async () => {
    const muster = await anInstance();
    await muster.users.create({ username: "jane" });
    return muster.users.create({ username: "jane" });
  },
  EmailTaken: async () => {
    const muster = await anInstance();
    await muster.users.create({ email: "jane@x.example" });
    return muster.users.create({ email: "jane@x.example" });
  },
  UserIdTaken: async () => {
    const muster = await anInstance();
    await muster.users.create({ id: "one", username: "jane" });
    return muster.users.create({ id: "one", username: "joe" });
  },
  VersionMismatch: async () => {
    const muster = await anInstance();
    return muster.users.update((await aPerson(muster)).id, {}, { version: 2 });
  },
  IllegalTransition: async () => {
    const muster = await anInstance();
    return muster.users.restore((await aPerson(muster)).id);
  },
  UserReferenced: async () => {
    const file = newFile();
    const muster = await anInstance({ store: sqliteStore(file) as StoreModule<never> });
    const { id } = await aPerson(muster);
    await muster.users.delete(id);
    changeFile(
      file,
      "create table posts (tenant, author, foreign key (tenant, author) references muster_users (tenant, id))",
    );
    changeFile(file, `insert into posts values ('default', '${id}')`);
    return muster.users.purge(id);
  },
  LastAdmin: async () => {
    const muster = await anInstance();
    return muster.users.delete((await aPerson(muster, { role: "admin" })).id);
  },
  InvalidCredentials: async () => (await anInstance()).sessions.login({ login: "nobody", password }),
  SecondFactorRequired: async () => {
    const { muster } = await enrolled();
    return muster.sessions.login({ login: "jane", password });
  },
  InvalidChallenge: async () => (await anInstance()).sessions.completeLogin({ challenge: "nonsense", code: "123456" }),
  InvalidCode: async () => {
    const { acting } = await enrolled();
    return acting.sessions.stepUp({ code: "nonsense" });
  },
  InsufficientAuthentication: async () => {
    const { acting } = await enrolled();
    return acting.secondFactors.replaceRecoveryCodes();
  },
  SecondFactorNotFound: async () => (await anInstance()).secondFactors.remove("nothing"),
  InvalidToken: async () => (await anInstance()).sessions.authenticate("nonsense"),
  InvalidRefreshToken: async () => (await anInstance()).sessions.refresh("nonsense"),
  InvalidOneTimeToken: async () => (await anInstance()).recovery.undoEmailChange({ token: "nonsense" }),
  InvitationNotFound: async () => (await anInstance()).invitations.get("nonsense"),
  InvitationClosed: async () => {
    const muster = await anInstance({ ports: { mailer: mailbox() }, mail: { origin: "https://app.example" } });
    await muster.users.create({ email: "jane@x.example", invite: true });
    const [invitation] = (await muster.invitations.list()).items;
    await muster.invitations.revoke(invitation?.id ?? "");
    return muster.invitations.revoke(invitation?.id ?? "");
  },
  MailNotConfigured: async () => (await anInstance()).recovery.requestPasswordReset({ login: "jane" }),
  Unauthenticated: async () => (await anInstance()).as("anonymous").users.profile(),
  Forbidden: async () => {
    const muster = await anInstance();
    return actingAs(muster, await aPerson(muster)).audit.list();
  },
  ActionRequired: async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster, { password, requiredActions: ["ACCEPT_TERMS"] });
    const { username } = await muster.users.get(id);
    const { accessToken } = await muster.sessions.login({ login: username ?? "", password });
    return muster.as(await muster.sessions.authenticate(accessToken)).users.list();
  },
  ChangeRefused: async () => {
    const beforeCommit = () => {
      throw new Error("no more users, please");
    };
    return (await anInstance({ hooks: { beforeCommit } })).users.create({ username: "jane" });
  },
  TooManyAttempts: async () => {
    const muster = await anInstance();
    const login = () => muster.sessions.login({ login: "nobody", password });
    for (let failure = 0; failure < 5; failure++) await login().catch(() => undefined);
    return login();
  },
  TooBusy: async () => {
    const muster = await anInstance({ hashing: { threads: 1, maxWaiting: 0 } });
    const logins = Array.from({ length: 10 }, () => muster.sessions.login({ login: "nobody", password }));
    const failures = (await Promise.allSettled(logins)).flatMap((it) => (it.status === "rejected" ? [it.reason] : []));
    throw failures.find(({ _tag }) => _tag !== "InvalidCredentials");
  },
  StoreUnavailable: () =>
    createMuster({ store: broken(new StoreUnavailable({ reason: "it is locked", retryable: true })), issuer: "x" }),
  UnsupportedSchema: () =>
    createMuster({ store: broken(new UnsupportedSchema({ reason: "It is newer." })), issuer: "x" }),
  InvalidConfiguration: () => createMuster({ store: memoryStore(), issuer: "" }),
  Closed: async () => {
    const muster = await anInstance();
    await muster.close();
    return muster.users.list();
  },
};

const met = new Set<string>();

describe.each(Object.entries(errorFacts))("%s", (tag, facts) => {
  test("is met, with its code, a sentence for people, and a status that HTTP knows", async () => {
    const error = await refusal(ways[tag as MusterError["_tag"]]());
    met.add(error._tag);
    expect(error._tag).toBe(tag);
    expect(error.code).toBe(facts.code);
    expect(error.message).toMatch(/^[A-Za-z].*\.$/);
    expect(error.message).not.toContain(password);
    expect(facts.status).toBeGreaterThanOrEqual(400);
    expect(facts.code).toBe(tag.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase());
  });

  test("is known for one of ours by its tag, whichever copy of the package made it", () => {
    expect(isMusterError(Object.assign(new Error("copy"), { _tag: tag }))).toBe(true);
  });
});

test("what is no error of ours is not taken for one", () => {
  const others = [
    new Error("x"),
    { _tag: "UserNotFound" },
    null,
    "UserNotFound",
    Object.assign(new Error("x"), { _tag: "toString" }),
    Object.assign(new Error("x"), { _tag: 7 }),
  ];
  for (const other of others) expect(isMusterError(other)).toBe(false);
});

afterAll(() => {
  expect([...met].sort()).toEqual(Object.keys(errorFacts).sort());
});
