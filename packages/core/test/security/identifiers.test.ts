import { describe, expect, it } from "vitest";
import type { Muster } from "../../src/muster.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";
import { identifiers } from "../hostile.ts";

describe.each(stores)("published faults of names and addresses, on $name", ({ open }) => {
  const idOf = async (muster: Muster, login: string): Promise<string> => {
    const { accessToken } = await muster.sessions.login({ login, password });
    return (await muster.sessions.authenticate(accessToken)).userId;
  };

  it("C-19 CVE-2026-73420: an address is judged in the form in which it is kept", async () => {
    const muster = await started({ store: open() });
    for (const email of [
      "eve＠users.example",
      "eve﹫users.example",
      "eve@users.example＠evil.example",
      "eve@users．example",
    ]) {
      expect(await outcomeOf(muster.users.create({ email })), email).toBe("InvalidInput");
    }
    expect(await muster.users.count({})).toMatchObject({ count: 0 });
  });

  it("C-20 GHSA-qw9g-7549-7wg5: addresses that look alike are two accounts, each with its own login", async () => {
    const muster = await started({ store: open() });
    for (const [index, [one, two]] of identifiers.emails_not_same.values.entries()) {
      const acme = muster.tenant(`pair-${index}`) as unknown as Muster;
      const first = await acme.users.create({ email: one, password });
      const second = await acme.users.create({ email: two, password }).catch(() => undefined);
      expect(await idOf(acme, one)).toBe(first.id);
      if (second !== undefined) expect(await idOf(acme, two)).toBe(second.id);
    }
  });

  it("C-21 CVE-2021-3754, CVE-2026-19607: nobody's username takes or blocks somebody's address", async () => {
    const muster = await started({ store: open() });
    const jane = await muster.users.create({ username: "jane", email: "jane@users.example", password });
    const joe = await muster.users.create({ username: "joe", password });
    for (const username of ["jane@users.example", "JANE@USERS.EXAMPLE", "jane＠users.example", "new@users.example"]) {
      expect(await outcomeOf(muster.users.create({ username, password })), username).toMatch(
        /InvalidInput|UsernameTaken/,
      );
      expect(await outcomeOf(muster.users.changeUsername(joe.id, username)), username).toMatch(
        /InvalidInput|UsernameTaken/,
      );
    }
    expect(await outcomeOf(muster.users.create({ email: "new@users.example" }))).toBe("success");
    expect(await idOf(muster, "jane@users.example")).toBe(jane.id);
    const own = await muster.users.create({ username: "own@users.example", email: "Own@Users.example", password });
    expect(await idOf(muster, "own@users.example")).toBe(own.id);
  });

  it("C-21 CVE-2021-3754: one who leaves an address behind keeps no claim on it", async () => {
    const muster = await started({ store: open() });
    const jane = await muster.users.create({ username: "old@users.example", email: "old@users.example", password });
    await muster.users.changeEmail(jane.id, "new@users.example");
    const heir = await muster.users.create({ email: "old@users.example", password: "quite another horse" });
    const { accessToken } = await muster.sessions.login({
      login: "old@users.example",
      password: "quite another horse",
    });
    expect((await muster.sessions.authenticate(accessToken)).userId).toBe(heir.id);
    expect(await outcomeOf(muster.sessions.login({ login: "old@users.example", password }))).toBe("InvalidCredentials");
  });

  it("C-23 CVE-2026-53516: a new address is unproven, whoever proved the old one", async () => {
    const muster = await started({ store: open() });
    const jane = await muster.users.create({ email: "jane@users.example", emailVerified: true, password });
    expect(jane.emailVerifiedAt).toBeInstanceOf(Date);
    expect((await muster.users.changeEmail(jane.id, "victim@users.example")).emailVerifiedAt).toBeNull();
    const claimed = muster.as("anonymous").users.create({ email: "eve@users.example", emailVerified: true });
    expect(await outcomeOf(claimed)).not.toBe("success");
  });
});
