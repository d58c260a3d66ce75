import { describe, expect, it } from "vitest";
import type { Muster, Operations } from "../../src/muster.ts";
import type { UserView } from "../../src/user/user.ts";
import { failureOf, outcomeOf, password, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { watchedStore, writesOf } from "../doubles/watched-store.ts";

type Bound = Operations<UserView, never>;

const unknownId = "0192f0c1-0000-7000-8000-00000000dead";

interface Person {
  readonly id: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly as: Bound;
}

const arrive = async (muster: Muster, username: string, role: "user" | "admin" = "user"): Promise<Person> => {
  const { id } = await muster.users.create({ username, password, role });
  return again(muster, username, id);
};

const again = async (muster: Muster, username: string, id: string): Promise<Person> => {
  const { sessionId, accessToken } = await muster.sessions.login({ login: username, password });
  return { id, sessionId, accessToken, as: muster.as(await muster.sessions.authenticate(accessToken)) };
};

describe.each(stores)("sessions on $name", ({ open }) => {
  const crowd = async () => {
    const store = watchedStore(open());
    const muster = await started({ store });
    const jane = await arrive(muster, "jane");
    const joe = await arrive(muster, "joe");
    const root = await arrive(muster, "root", "admin");
    return { store, muster, jane, joe, root };
  };

  it("are shown to their user, to admins and to the system, and to nobody else", async () => {
    const { muster, jane, joe, root } = await crowd();
    const shown = await muster.sessions.list(jane.id);
    expect(shown).toMatchObject([{ id: jane.sessionId, userId: jane.id, refreshedAt: null }]);
    expect(await jane.as.sessions.list()).toEqual(shown);
    expect(await jane.as.sessions.list(jane.id)).toEqual(shown);
    expect(await root.as.sessions.list(jane.id)).toEqual(shown);
    expect(await outcomeOf(joe.as.sessions.list(jane.id))).toBe("Forbidden");
    expect(await outcomeOf(muster.as("anonymous").sessions.list(jane.id))).toBe("Unauthenticated");
    expect(await outcomeOf(muster.as("anonymous").sessions.list())).toBe("Unauthenticated");
  });

  it("show whose login they were and when, and no secret", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock } });
    const { id } = await muster.users.create({ username: "jane", password });
    const client = { address: "::1", userAgent: "curl" };
    const { refreshToken } = await muster.sessions.login({ login: "jane", password, client });
    clock.advance(60_000);
    await muster.sessions.refresh(refreshToken);
    const at = clock.now();
    const [session] = await muster.sessions.list(id);
    expect(session).toStrictEqual({
      id: expect.any(String),
      userId: id,
      createdAt: new Date(at - 60_000),
      refreshedAt: new Date(at),
      expiresAt: new Date(at + 30 * 86_400_000),
      client,
      authenticatedAt: new Date(at - 60_000),
      methods: ["pwd"],
    });
  });

  it("are listed newest first, a hundred at most, ended ones left out", async () => {
    const clock = steeredClock();
    const muster = await started({ store: open(), ports: { clock } });
    const { id } = await muster.users.create({ username: "jane", password });
    const opened: string[] = [];
    for (let count = 0; count < 103; count++) {
      clock.advance(1_000);
      opened.unshift((await muster.sessions.login({ login: "jane", password })).sessionId);
    }
    await muster.sessions.revoke(opened[0] ?? "");
    const listed = (await muster.sessions.list(id)).map((session) => session.id);
    expect(listed).toEqual(opened.slice(1, 101));
    clock.advance(30 * 86_400_000 - 1_000);
    expect((await muster.sessions.list(id)).map((session) => session.id)).toEqual(opened.slice(1, 1));
  });

  it("end with a logout, which leaves the user's others alone", async () => {
    const { muster, jane } = await crowd();
    const phone = await again(muster, "jane", jane.id);
    await jane.as.sessions.logout();
    expect(await outcomeOf(muster.sessions.authenticate(jane.accessToken))).toBe("InvalidToken");
    expect((await phone.as.sessions.list()).map(({ id }) => id)).toEqual([phone.sessionId]);
    expect(await outcomeOf(jane.as.sessions.logout())).toBe("SessionNotFound");
    expect(await outcomeOf(muster.sessions.logout())).toBe("Forbidden");
    expect(await outcomeOf(muster.as("anonymous").sessions.logout())).toBe("Unauthenticated");
    const { items } = await muster.audit.list({ type: "session.revoked" });
    expect(items).toMatchObject([
      {
        userId: jane.id,
        sessionId: jane.sessionId,
        actor: { kind: "user", id: jane.id, sessionId: jane.sessionId },
      },
    ]);
  });

  it("do not end with the logout of a principal that was put together from two people", async () => {
    const { muster, jane, joe } = await crowd();
    const principal = { ...(await muster.sessions.authenticate(jane.accessToken)), sessionId: joe.sessionId };
    expect(await outcomeOf(muster.as(principal).sessions.logout())).toBe("SessionNotFound");
    expect(await outcomeOf(muster.sessions.authenticate(joe.accessToken))).toBe("success");
  });

  it("are revoked by their user, by admins and by the system", async () => {
    const { muster, jane, root } = await crowd();
    for (const by of [jane.as, root.as, muster]) {
      const other = await again(muster, "jane", jane.id);
      await by.sessions.revoke(other.sessionId);
      expect(await outcomeOf(muster.sessions.authenticate(other.accessToken))).toBe("InvalidToken");
    }
    expect(await outcomeOf(muster.sessions.authenticate(jane.accessToken))).toBe("success");
    expect((await muster.audit.list({ type: "session.revoked" })).items).toHaveLength(3);
  });

  it("of others cannot be told from unknown ones by who may not end them", async () => {
    const { store, muster, jane, joe, root } = await crowd();
    const ended = await again(muster, "joe", joe.id);
    await muster.sessions.revoke(ended.sessionId);
    const acme = muster.tenant("acme");
    await acme.users.create({ username: "eve", password });
    const ofAcme = await acme.sessions.login({ login: "eve", password });
    store.statements.length = 0;
    const ids = [joe.sessionId, root.sessionId, unknownId, ended.sessionId, ofAcme.sessionId, "no id", joe.id, ""];
    const errors = await Promise.all(ids.map((id) => failureOf(jane.as.sessions.revoke(id))));
    for (const error of errors) {
      expect(error).toStrictEqual(errors[0]);
      expect(error).toMatchObject({ _tag: "SessionNotFound" });
    }
    expect(writesOf(store)).toEqual([]);
    expect(await outcomeOf(muster.as("anonymous").sessions.revoke(joe.sessionId))).toBe("Unauthenticated");
    expect(await outcomeOf(muster.sessions.authenticate(joe.accessToken))).toBe("success");
  });

  it("of another tenant are out of reach even for the system and admins", async () => {
    const { muster, root } = await crowd();
    const acme = muster.tenant("acme");
    const { id } = await acme.users.create({ username: "eve", password });
    const { sessionId, accessToken } = await acme.sessions.login({ login: "eve", password });
    expect(await outcomeOf(root.as.sessions.revoke(sessionId))).toBe("SessionNotFound");
    expect(await outcomeOf(muster.sessions.revoke(sessionId))).toBe("SessionNotFound");
    expect(await muster.sessions.revokeAll(id)).toBe(0);
    expect(await muster.sessions.list(id)).toEqual([]);
    expect(await outcomeOf(acme.sessions.authenticate(accessToken))).toBe("success");
  });

  it("are ended once, however many try at once", async () => {
    const { muster, jane } = await crowd();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => outcomeOf(muster.sessions.revoke(jane.sessionId))),
    );
    expect(outcomes.filter((outcome) => outcome === "success")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "SessionNotFound")).toHaveLength(49);
    expect((await muster.audit.list({ type: "session.revoked" })).items).toHaveLength(1);
  });

  it("all end together, for their user, admins and the system, and are counted", async () => {
    const { muster, jane, joe, root } = await crowd();
    for (const by of [jane.as, root.as, muster]) {
      const others = await Promise.all([again(muster, "jane", jane.id), again(muster, "jane", jane.id)]);
      const live = (await muster.sessions.list(jane.id)).length;
      expect(await by.sessions.revokeAll(jane.id)).toBe(live);
      for (const { accessToken } of [jane, ...others]) {
        expect(await outcomeOf(muster.sessions.authenticate(accessToken))).toBe("InvalidToken");
      }
      expect(await by.sessions.revokeAll(jane.id)).toBe(0);
    }
    expect((await muster.audit.list({ type: "sessions.revoked" })).items).toHaveLength(3);
    expect(await outcomeOf(joe.as.sessions.revokeAll(jane.id))).toBe("Forbidden");
    expect(await outcomeOf(joe.as.sessions.revokeAll(unknownId))).toBe("Forbidden");
    expect(await outcomeOf(muster.as("anonymous").sessions.revokeAll(jane.id))).toBe("Unauthenticated");
    expect(await muster.sessions.revokeAll(unknownId)).toBe(0);
  });

  it.each([null, undefined, 1, {}, { toString: null }, Object.create(null), [unknownId], Symbol("id")])(
    "take no %s for an id",
    async (value) => {
      const { muster, jane } = await crowd();
      for (const by of [muster, jane.as]) {
        expect(await outcomeOf(by.sessions.revoke(value as never))).toBe("InvalidInput");
        expect(await outcomeOf(by.sessions.revokeAll(value as never))).toBe("InvalidInput");
      }
      if (value !== undefined) expect(await outcomeOf(muster.sessions.list(value as never))).toBe("InvalidInput");
    },
  );

  it("are not there for the system when nobody is named", async () => {
    const { muster } = await crowd();
    expect(await outcomeOf(muster.sessions.list())).toBe("Unauthenticated");
  });

  it("are gone with a purged user", async () => {
    const { muster, jane } = await crowd();
    await muster.users.delete(jane.id);
    await muster.users.purge(jane.id);
    expect(await muster.sessions.list(jane.id)).toEqual([]);
    expect(await outcomeOf(muster.sessions.revoke(jane.sessionId))).toBe("SessionNotFound");
  });
});
