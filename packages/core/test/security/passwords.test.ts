import * as Effect from "effect/Effect";
import { afterAll, describe, expect, it } from "vitest";
import { realHasher, watchedHasher } from "../doubles/hashers.ts";
import { failureOf, outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";

const argon2 = realHasher();
afterAll(() => Effect.runPromise(argon2.close));

describe.each(stores)("published faults of passwords, on $name", ({ open }) => {
  const withJane = async () => {
    const hasher = watchedHasher(argon2);
    // Passwords are compared here one after the other: how many guesses there may be is no part of it.
    const muster = await started({ store: open(), throttling: false, ports: { passwordHasher: hasher } });
    const jane = await muster.users.create({ username: "jane", email: "jane@users.example", password });
    hasher.reset();
    return { muster, hasher, jane };
  };

  it("C-29 CVE-2026-4633, C-30 GHSA-6f65-4fv2-wwch: known and unknown logins cost the same and read the same", async () => {
    const { muster, hasher } = await withJane();
    for (const typed of ["", "x", "wrong horse battery", "é".repeat(1_000), "a".repeat(8_192), "a".repeat(10_000)]) {
      const seen = [];
      for (const login of ["jane", "jane@users.example", "nobody", "nobody@users.example"]) {
        hasher.reset();
        const error = await failureOf(muster.sessions.login({ login, password: typed }));
        const { hash, verify, verifyNothing } = hasher.calls;
        seen.push({ text: JSON.stringify(error), shown: String(error), hash, checks: verify + verifyNothing });
      }
      expect(new Set(seen.map((answer) => JSON.stringify(answer))).size, typed.slice(0, 20)).toBe(1);
      expect(seen[0]).toMatchObject({ hash: 0, checks: typed.length <= 8_192 ? 1 : 0 });
    }
  });

  it("C-33 CVE-2025-22228, CVE-2025-68402: every byte counts, the 73rd and the last too", async () => {
    const { muster, jane } = await withJane();
    const long = `${"correct horse battery staple ".repeat(8)}end`.slice(0, 200);
    await muster.users.setPassword(jane.id, long);
    for (const at of [0, 54, 55, 71, 72, 73, 127, 128, 199]) {
      const other = `${long.slice(0, at)}${long[at] === "x" ? "y" : "x"}${long.slice(at + 1)}`;
      expect(await outcomeOf(muster.sessions.login({ login: "jane", password: other }))).toBe("InvalidCredentials");
    }
    for (const other of [long.slice(0, 72), long.slice(0, -1), `${long} `, long.toUpperCase()]) {
      expect(await outcomeOf(muster.sessions.login({ login: "jane", password: other }))).toBe("InvalidCredentials");
    }
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password: long }))).toBe("success");
  });

  it("C-34 CVE-2026-102414: a password of a megabyte is refused without a hash, wherever one is given", async () => {
    const { muster, hasher, jane } = await withJane();
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    const asJane = muster.as(await muster.sessions.authenticate(accessToken));
    hasher.reset();
    const huge = "a".repeat(1_048_576);
    const calls = [
      muster.sessions.login({ login: "jane", password: huge }),
      muster.users.create({ username: "joe", password: huge }),
      muster.users.setPassword(jane.id, huge),
      asJane.users.changePassword(huge, "another horse battery"),
    ];
    expect(await Promise.all(calls.map(outcomeOf))).toEqual(calls.map(() => "InvalidInput"));
    expect(hasher.calls).toEqual({ hash: 0, verify: 0, verifyNothing: 0 });
    expect(await outcomeOf(asJane.users.changePassword(password, huge))).toBe("InvalidInput");
    expect(hasher.calls.hash).toBe(0);
  });

  it("C-12 CVE-2026-18963: nothing but the old password or an admin changes a password", async () => {
    const { muster, jane } = await withJane();
    const joe = await muster.users.create({ username: "joe", password: "joe's own horse battery" });
    const { accessToken } = await muster.sessions.login({ login: "jane", password });
    const asJane = muster.as(await muster.sessions.authenticate(accessToken));
    for (const old of ["", "wrong horse battery", "joe's own horse battery", `${password} `]) {
      const outcome = await outcomeOf(asJane.users.changePassword(old, "another horse battery"));
      expect(outcome).toBe("InvalidCredentials");
    }
    const stolen = { password: "another horse battery" } as never;
    expect(await outcomeOf(asJane.users.update(jane.id, stolen))).toBe("InvalidInput");
    expect(await outcomeOf(asJane.users.setPassword(jane.id, "another horse battery"))).toBe("Forbidden");
    expect(await outcomeOf(asJane.users.setPassword(joe.id, "another horse battery"))).toBe("Forbidden");
    expect(await outcomeOf(muster.users.changePassword(password, "another horse battery"))).toBe("Forbidden");
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password }))).toBe("success");
  });
});
