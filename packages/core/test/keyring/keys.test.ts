import * as Effect from "effect/Effect";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { onStore, outcomeOf, password, type Started, started } from "../doubles/running.ts";
import { steeredClock } from "../doubles/steered-clock.ts";
import { stores } from "../doubles/stores.ts";
import { principalOf } from "../instance.ts";

const hour = 3_600_000;
const kidOf = (token: string) => decodeProtectedHeader(token).kid;

describe.each(stores)("keys on $name", ({ open }) => {
  const two = async (options: Omit<Started, "store"> = {}) => {
    const store = open();
    const clock = steeredClock();
    const start = () => started({ store, ...options, ports: { clock } });
    const [first, second] = [await start(), await start()];
    await first.users.create({ username: "jane", password });
    const login = async (muster = first) => (await muster.sessions.login({ login: "jane", password })).accessToken;
    return { store, clock, start, first, second, login };
  };

  it("are published before they sign, check what they signed until it expired, and go", async () => {
    const { clock, first, second, login } = await two();
    const [old] = await first.keys.list();
    const before = await login();
    const made = await first.keys.rotate();
    expect(made).toMatchObject({ state: "prepared", algorithm: "EdDSA" });
    expect(made.activeAt.getTime() - clock.now()).toBe(600_000);
    expect((await first.publicKeys()).keys.map(({ kid }) => kid)).toEqual([old?.kid, made.kid]);
    expect(kidOf(await login())).toBe(old?.kid);
    clock.advance(600_000);
    const after = await login();
    expect(kidOf(after)).toBe(made.kid);
    expect((await second.sessions.authenticate(after)).userId).toBeDefined();
    expect((await second.sessions.authenticate(before)).userId).toBeDefined();
    expect((await second.keys.list()).map(({ state }) => state)).toEqual(["retired", "active"]);
    clock.advance(900_000 + 60_000);
    expect((await second.publicKeys()).keys.map(({ kid }) => kid)).toEqual([made.kid]);
    await first.keys.rotate();
    expect((await first.keys.list()).map(({ kid }) => kid)).not.toContain(old?.kid);
  });

  it("of rotations at the same time, in two instances, one makes a key", async () => {
    const { first, second } = await two();
    const rotations = Array.from({ length: 20 }, (_, index) => (index % 2 ? first : second).keys.rotate());
    const made = await Promise.all(rotations);
    expect(new Set(made.map(({ kid }) => kid)).size).toBe(1);
    expect(await second.keys.list()).toHaveLength(2);
    const events = await first.audit.list({ type: "key.rotated" });
    expect(events.items.map(({ userId }) => userId)).toEqual([made[0]?.kid]);
  });

  it("that are revoked: their tokens are refused at once here, and within a second elsewhere", async () => {
    const { first, second, login } = await two();
    const token = await login();
    await first.sessions.authenticate(token);
    await second.sessions.authenticate(token);
    const kid = kidOf(token) ?? "";
    await first.keys.revoke(kid);
    expect(await outcomeOf(first.sessions.authenticate(token))).toBe("InvalidToken");
    const revokedAt = performance.now();
    while ((await outcomeOf(second.sessions.authenticate(token))) === "success") {
      expect(performance.now() - revokedAt).toBeLessThan(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const muster of [first, second]) {
      const fresh = await login(muster);
      expect(kidOf(fresh)).not.toBe(kid);
      for (const other of [first, second]) expect((await other.sessions.authenticate(fresh)).role).toBe("user");
    }
    expect(await outcomeOf(first.keys.revoke(kid))).toBe("KeyNotFound");
    expect((await first.audit.list({ type: "key.revoked" })).items).toHaveLength(1);
  });

  it("that are revoked while their tokens are checked all the time let none of them be remembered", async () => {
    for (let round = 0; round < 3; round++) {
      const { first, second, login } = await two();
      const token = await login();
      await second.sessions.authenticate(token);
      let isOver = false;
      const check = async (): Promise<void> => {
        while (!isOver) {
          await Promise.all([first, second].map((muster) => outcomeOf(muster.sessions.authenticate(token))));
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const checking = Promise.all([check(), check(), check()]);
      await first.keys.revoke(kidOf(token) ?? "");
      expect(await outcomeOf(first.sessions.authenticate(token))).toBe("InvalidToken");
      await new Promise((resolve) => setTimeout(resolve, 900));
      isOver = true;
      await checking;
      expect(await outcomeOf(second.sessions.authenticate(token))).toBe("InvalidToken");
    }
  });

  it("that are revoked while a successor is prepared: that one signs", async () => {
    const { first, second, login } = await two();
    const [old] = await first.keys.list();
    const next = await second.keys.rotate();
    await first.keys.revoke(old?.kid ?? "");
    expect(kidOf(await login())).toBe(next.kid);
    expect(await first.keys.list()).toHaveLength(1);
    await first.keys.revoke(next.kid);
    expect(await first.keys.list()).toMatchObject([{ state: "active" }]);
    expect((await first.keys.rotate()).state).toBe("prepared");
  });

  it("that others prepared sign in an instance that was idle", async () => {
    const { clock, first, second, login } = await two({ tokens: { prepareSeconds: 1 } });
    const made = await first.keys.rotate();
    clock.advance(10 * hour);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(kidOf(await login(second))).toBe(made.kid);
  });

  it("change on schedule", async () => {
    const { clock, start, first } = await two({ tokens: { rotateEverySeconds: 24 * 3_600 } });
    clock.advance(24 * hour - 600_001);
    expect(await (await start()).keys.list()).toHaveLength(1);
    clock.advance(1);
    await Promise.all(Array.from({ length: 4 }, start));
    const [old, next] = await first.keys.list();
    expect(next?.state).toBe("prepared");
    expect(next?.activeAt.getTime()).toBe((old?.activeAt.getTime() ?? 0) + 24 * hour);
  });

  it("change to another algorithm like to another key, and to a secret without overlap", async () => {
    const { store, clock, first, login } = await two();
    const token = await login();
    const es = await started({ store, tokens: { algorithm: "ES256" }, ports: { clock } });
    expect((await es.keys.list()).map(({ algorithm, state }) => `${algorithm} ${state}`)).toEqual([
      "EdDSA active",
      "ES256 prepared",
    ]);
    clock.advance(600_000);
    expect(decodeProtectedHeader(await login(es)).alg).toBe("ES256");
    expect((await first.sessions.authenticate(await login(es))).role).toBe("user");
    const hs = await started({ store, tokens: { algorithm: "HS512" }, ports: { clock } });
    expect(await outcomeOf(hs.sessions.authenticate(token))).toBe("InvalidToken");
    expect((await hs.publicKeys()).keys).toEqual([]);
    expect(await hs.keys.list()).toMatchObject([{ algorithm: "HS512", state: "active", publicKey: null }]);
    expect((await hs.sessions.authenticate(await login(hs))).role).toBe("user");
    const stored = () =>
      onStore(store, ({ keys }) => Effect.map(keys.list(), (all) => all.map((key) => key.algorithm)));
    await hs.keys.rotate();
    expect(await stored()).toEqual(expect.arrayContaining(["EdDSA", "ES256", "HS512"]));
    clock.advance(900_000 + 60_000);
    await hs.keys.rotate();
    expect(await stored()).not.toEqual(expect.arrayContaining([expect.stringMatching(/^E/)]));
  });

  it("are the business of admins of the installation, not of those of one tenant", async () => {
    const { first } = await two();
    const admin = principalOf({ id: "somebody", role: "admin" });
    expect(await first.as(admin).keys.list()).toHaveLength(1);
    const ofTenant = first.tenant("acme").as(principalOf({ id: "somebody", role: "admin" }, "acme"));
    for (const call of [ofTenant.keys.list(), ofTenant.keys.rotate(), ofTenant.keys.revoke("x")]) {
      expect(await outcomeOf(call)).toBe("Forbidden");
    }
  });

  it("sign claims of the host's own beside ours, never in their place", async () => {
    const store = open();
    let answer: unknown = { role: "editor", "https://app.example/plan": { seats: 3 } };
    const muster = await started({
      store,
      tokens: { claims: (user) => ({ ...(answer as object), name: user.username }) },
    });
    await muster.users.create({ username: "jane", password, privateMetadata: { note: "hidden" } });
    const login = () => muster.sessions.login({ login: "jane", password });
    const session = await login();
    expect(decodeJwt(session.accessToken)).toMatchObject({ role: "editor", name: "jane" });
    expect((await muster.sessions.authenticate(session.accessToken)).role).toBe("user");
    const renewed = await muster.sessions.refresh(session.refreshToken);
    expect(decodeJwt(renewed.accessToken)).toMatchObject({ "https://app.example/plan": { seats: 3 } });
    for (const refused of [
      { sub: "x" },
      { exp: 1 },
      { tenant: "acme" },
      { act: {} },
      { nbf: 0 },
      { a: "x".repeat(2_048) },
    ]) {
      answer = refused;
      expect(await outcomeOf(login())).toMatch(/^defect/);
    }
  });
});
