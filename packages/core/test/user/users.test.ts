import { describe, expect, test } from "vitest";
import { isMusterError } from "../../src/index.ts";
import { stores } from "../doubles/stores.ts";
import { hostile, identifiers } from "../hostile.ts";
import { anInstance, aPerson, brokenRules, events, numberOfUsers, outcome, refusal } from "../instance.ts";

const password = "correct horse battery";

describe.each(stores)("users in the $name store", ({ open }) => {
  const opened = () => anInstance({ store: open() });

  test("a new user has everything it was given, and defaults for the rest", async () => {
    const muster = await opened();
    const given = {
      username: "Jane",
      email: "Jane@X.example",
      firstName: "Jane",
      lastName: "Doe",
      displayName: "JD",
      phoneNumber: "+44 20 7946 0958",
      locale: "pt-BR",
      pictureUrl: "https://x.example/jane.png",
      tags: ["b", "a"],
      metadata: { team: "blue" },
      privateMetadata: { risk: 3 },
    };
    const jane = await muster.users.create(given);
    expect(jane).toEqual({
      ...given,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      role: "user",
      status: "enabled",
      ownerId: null,
      requiredActions: [],
      emailVerifiedAt: null,
      createdAt: expect.any(Date),
      updatedAt: null,
      updatedBy: null,
      deletedAt: null,
      version: 1,
      firstLoginAt: null,
      lastLoginAt: null,
      loginCount: 0,
    });
    expect(await muster.users.get(jane.id)).toEqual(jane);
  });

  test("a caller may bring its own id, once", async () => {
    const muster = await opened();
    expect(await muster.users.create({ id: "legacy:42", username: "jane" })).toMatchObject({ id: "legacy:42" });
    expect(await outcome(muster.users.create({ id: "legacy:42", username: "joe" }))).toBe("UserIdTaken");
    expect(await outcome(muster.users.findByUsername("joe"))).toBe("UserNotFound");
  });

  test("what the caller knows of role, status, owner and email is taken over", async () => {
    const muster = await opened();
    const given = { role: "admin", status: "pending", ownerId: "somebody", email: "a@x.example" } as const;
    const created = await muster.users.create({ ...given, emailVerified: true });
    expect(created).toMatchObject(given);
    expect(created.emailVerifiedAt).toEqual(created.createdAt);
    expect(await brokenRules(muster.users.create({ username: "bea", emailVerified: true }))).toEqual([
      "emailVerified: required_email",
    ]);
  });

  test("a user is found by any spelling of username and email, and by nothing else", async () => {
    const muster = await opened();
    const { id } = await muster.users.create({ username: "Kelvin\u212A", email: "jos\u00E9@M\u00FCnchen.example" });
    for (const spelling of ["kelvink", "KELVINK", "\uFF2Belvin\u212A"]) {
      expect(await muster.users.findByUsername(spelling)).toMatchObject({ id });
    }
    for (const spelling of ["JOSE\u0301@m\u00FCnchen.example", "jos\u00E9@xn--mnchen-3ya.example"]) {
      expect(await muster.users.findByEmail(spelling)).toMatchObject({ id });
    }
    expect(await outcome(muster.users.findByUsername("jos\u00E9@m\u00FCnchen.example"))).toBe("UserNotFound");
    expect(await outcome(muster.users.findByEmail("kelvink@x.example"))).toBe("UserNotFound");
    expect(await outcome(muster.users.get(`${id}x`))).toBe("UserNotFound");
  });

  test("names and emails share one space: nobody gets somebody else's in either place", async () => {
    const muster = await opened();
    await muster.users.create({ username: "joe@x.example", email: "Joe@x.example" });
    await muster.users.create({ username: "amy", email: "amy@x.example" });
    const attempts: readonly (readonly [object, string])[] = [
      [{ username: "AMY" }, "UsernameTaken"],
      [{ username: "\uFF21my" }, "UsernameTaken"],
      [{ email: "AMY@X.example" }, "EmailTaken"],
      [{ username: "joe2", email: "joe@x.example" }, "EmailTaken"],
      [{ username: "amy@x.example", email: "amy@x.example" }, "UsernameTaken"],
      [{ username: "amy@x.example" }, "InvalidInput"],
      [{ username: "a\u200Bmy" }, "InvalidInput"],
      [{ username: "amy\uFF20x.example" }, "InvalidInput"],
    ];
    for (const [attempt, expected] of attempts)
      expect([attempt, await outcome(muster.users.create(attempt))]).toEqual([attempt, expected]);
    expect(await numberOfUsers(muster)).toBe(2);
  });

  test("a user may have its own email as username, in another spelling too", async () => {
    const muster = await opened();
    expect(await outcome(muster.users.create({ username: "JOE@x.example", email: "joe@X.example" }))).toBe("ok");
    expect(await brokenRules(muster.users.create({ username: "amy@x.example", email: "amy@y.example" }))).toEqual([
      "username: username_like_email",
    ]);
  });

  test("the Turkish dotted and dotless i are letters of their own", async () => {
    const muster = await opened();
    await muster.users.create({ username: "admin" });
    expect(await outcome(muster.users.create({ username: "adm\u0131n" }))).toBe("ok");
    expect(await outcome(muster.users.create({ username: "adm\u0130n" }))).toBe("ok");
    expect(await outcome(muster.users.create({ username: "ADMI\u0307N" }))).toBe("UsernameTaken");
  });

  test("of fifty who want one name at once, one gets it", async () => {
    const muster = await opened();
    const spellings = ["jane", "JANE", "\uFF2Aane", "jAnE", "Jane"];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        outcome(muster.users.create({ username: spellings[index % 5] ?? "jane" })),
      ),
    );
    expect(outcomes.filter((it) => it === "ok")).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(["ok", "UsernameTaken"]));
    expect(await events(muster)).toHaveLength(1);
  });

  test("no address that should be refused gets in", async () => {
    const muster = await opened();
    for (const email of identifiers.emails_refuse.values) {
      expect([email, await outcome(muster.users.create({ username: "jane", email }))]).toEqual([email, "InvalidInput"]);
    }
    expect(await numberOfUsers(muster)).toBe(0);
  });

  test("addresses that are one account never become two", async () => {
    for (const [first, second] of identifiers.emails_same_account.values) {
      const muster = await opened();
      await muster.users.create({ email: first });
      expect(["EmailTaken", "InvalidInput"]).toContain(await outcome(muster.users.create({ email: second })));
    }
  });

  test("addresses of two people are two accounts", async () => {
    for (const [first, second] of identifiers.emails_not_same.values) {
      const muster = await opened();
      const one = await muster.users.create({ email: first });
      const other = await muster.users.create({ email: second });
      expect(await muster.users.findByEmail(first)).toEqual(one);
      expect(await muster.users.findByEmail(second)).toEqual(other);
    }
  });

  test("a username is refused or found again under exactly one user", async () => {
    const muster = await opened();
    const taken = new Map<string, string>();
    for (const username of identifiers.usernames_watch.values) {
      const created = await muster.users.create({ username }).catch((error: unknown) => {
        if (isMusterError(error)) return error._tag;
        throw error;
      });
      if (typeof created === "string") expect(["InvalidInput", "UsernameTaken"]).toContain(created);
      else taken.set(username, created.id);
    }
    for (const [username, id] of taken) expect((await muster.users.findByUsername(username)).id).toBe(id);
    expect([...taken.keys()]).toContain("__proto__");
    expect([...taken.keys()]).not.toContain("Admin");
  });

  test("a user is created whole or not at all", async () => {
    const muster = await opened();
    await aPerson(muster, { username: "jane" });
    const before = await events(muster);
    expect(await outcome(muster.users.create({ username: "jane", email: "new@x.example", password }))).toBe(
      "UsernameTaken",
    );
    expect(await outcome(muster.users.findByEmail("new@x.example"))).toBe("UserNotFound");
    expect(await outcome(muster.users.create({ email: "new@x.example" }))).toBe("ok");
    expect(await events(muster)).toHaveLength(before.length + 1);
  });
});

describe("the password of a new user", () => {
  test.each(hostile.passwords_refuse.values.filter((value) => !value.startsWith("(")))(
    "%j is refused with a reason, and nobody is created",
    async (weak) => {
      const muster = await anInstance();
      const error = await refusal(
        muster.users.create({ username: "testiotina", firstName: "Testiotina", password: weak }),
      );
      if (error._tag !== "InvalidInput") throw error;
      expect(error.issues.length).toBeGreaterThan(0);
      for (const { field, rule } of error.issues) expect(`${field}: ${rule}`).toMatch(/^password: password_/);
      if (weak !== "" && weak !== "password") expect(error.message).not.toContain(weak);
      expect(await numberOfUsers(muster)).toBe(0);
    },
  );

  test("of a megabyte is refused at once", async () => {
    const muster = await anInstance();
    expect(await brokenRules(muster.users.create({ username: "jane", password: "a".repeat(2 ** 20) }))).toEqual([
      "password: password_too_long",
    ]);
  });

  test("lets the user in, exactly as typed", async () => {
    const muster = await anInstance();
    for (const [index, secret] of [" leading and trailing ", "\u{1F510}".repeat(16)].entries()) {
      await muster.users.create({ username: `jane-${index}`, password: secret });
      expect(await outcome(muster.sessions.login({ login: `JANE-${index}`, password: secret }))).toBe("ok");
      expect(
        await outcome(
          muster.sessions.login({ login: `jane-${index}`, password: secret.trim().toUpperCase().slice(1) }),
        ),
      ).toBe("InvalidCredentials");
    }
  });

  test("is in no answer", async () => {
    const muster = await anInstance();
    const jane = await muster.users.create({ username: "jane", password });
    const seen = JSON.stringify([jane, await muster.users.list(), await events(muster)]);
    expect(seen).not.toContain(password);
    expect(seen).not.toContain("argon2");
  });
});
