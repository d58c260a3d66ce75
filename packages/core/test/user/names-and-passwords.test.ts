import { describe, expect, test } from "vitest";
import type { Muster, User } from "../../src/index.ts";
import { actingAs, anInstance, aPerson, brokenRules, events, outcome } from "../instance.ts";

const password = "correct horse battery";
const anotherPassword = "staple tractor violin";

describe("emails and usernames", () => {
  test("a new address is unproven, the same address in another spelling stays proven", async () => {
    const muster = await anInstance();
    const { id } = await aPerson(muster, { email: "jane@x.example", emailVerified: true });
    const respelled = await muster.users.changeEmail(id, "Jane@X.example");
    expect(respelled).toMatchObject({ email: "Jane@X.example", emailVerifiedAt: expect.any(Date) });
    expect(await muster.users.changeEmail(id, "jane@y.example")).toMatchObject({ emailVerifiedAt: null });
    expect((await events(muster))[0]?.changes).toEqual(["email", "emailVerifiedAt"]);
  });

  test("a username that is the email follows it", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "JANE@x.example", email: "jane@x.example" });
    expect(await muster.users.changeEmail(id, "jane@y.example")).toMatchObject({
      username: "jane@y.example",
      email: "jane@y.example",
    });
    expect((await events(muster))[0]?.changes).toEqual(["email", "username"]);
    expect(await outcome(muster.users.create({ email: "jane@x.example" }))).toBe("ok");
  });

  test("a username that is something else stays", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", email: "jane@x.example" });
    expect(await muster.users.changeEmail(id, "jane@y.example")).toMatchObject({ username: "jane" });
  });

  test("one of the two has to stay", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", email: "jane@x.example" });
    expect(await muster.users.changeEmail(id, null)).toMatchObject({ email: null, emailVerifiedAt: null });
    expect(await brokenRules(muster.users.changeUsername(id, null))).toEqual(["username: required"]);
    await muster.users.changeEmail(id, "jane@x.example");
    expect(await muster.users.changeUsername(id, null)).toMatchObject({ username: null });
    expect(await brokenRules(muster.users.changeEmail(id, null))).toEqual(["username: required"]);
  });

  test("what somebody else has is taken, in any spelling; what was given up is free", async () => {
    const muster = await anInstance();
    const jane = await muster.users.create({ username: "jane", email: "jane@x.example" });
    const joe = await muster.users.create({ username: "joe", email: "joe@x.example" });
    expect(await outcome(muster.users.changeUsername(joe.id, "JANE"))).toBe("UsernameTaken");
    expect(await outcome(muster.users.changeEmail(joe.id, "JANE@x.example"))).toBe("EmailTaken");
    expect(await brokenRules(muster.users.changeUsername(joe.id, "jane@x.example"))).toEqual([
      "username: username_like_email",
    ]);
    expect(await muster.users.get(joe.id)).toEqual(joe);
    await muster.users.changeUsername(jane.id, "janet");
    await muster.users.changeEmail(jane.id, "janet@x.example");
    expect(await muster.users.changeUsername(joe.id, "Jane")).toMatchObject({ username: "Jane" });
    expect(await muster.users.changeEmail(joe.id, "jane@x.example")).toMatchObject({ email: "jane@x.example" });
  });

  test("a username may become the user's own email, and its spelling may change", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", email: "jane@x.example" });
    expect(await muster.users.changeUsername(id, "JANE")).toMatchObject({ username: "JANE" });
    expect(await muster.users.changeUsername(id, "Jane@x.example")).toMatchObject({ username: "Jane@x.example" });
  });

  test("of twenty who change to one username at once, one gets it", async () => {
    const muster = await anInstance();
    const people = await Promise.all(Array.from({ length: 20 }, () => aPerson(muster)));
    const outcomes = await Promise.all(people.map(({ id }) => outcome(muster.users.changeUsername(id, "wanted"))));
    expect(outcomes.filter((it) => it === "ok")).toHaveLength(1);
    expect(outcomes.filter((it) => it === "UsernameTaken")).toHaveLength(19);
  });
});

describe("passwords", () => {
  const loggedIn = async () => {
    const muster = await anInstance();
    const jane = await muster.users.create({ username: "jane", firstName: "Josephine", password });
    const login = (secret: string) => muster.sessions.login({ login: "jane", password: secret });
    const session = await login(password);
    return { muster, jane, login, session, as: muster.as(await muster.sessions.authenticate(session.accessToken)) };
  };

  const isOut = async (muster: Muster, session: { accessToken: string; refreshToken: string }) => {
    expect(await outcome(muster.sessions.authenticate(session.accessToken))).toBe("InvalidToken");
    expect(await outcome(muster.sessions.refresh(session.refreshToken))).toBe("InvalidRefreshToken");
  };

  test("one's own is changed with the old one, which ends every session, the caller's too", async () => {
    const { muster, jane, login, session, as } = await loggedIn();
    const other = await login(password);
    await as.users.changePassword(password, anotherPassword);
    await isOut(muster, session);
    await isOut(muster, other);
    expect(await outcome(login(password))).toBe("InvalidCredentials");
    expect(await outcome(login(anotherPassword))).toBe("ok");
    const after: User = await muster.users.get(jane.id);
    expect(after).toMatchObject({ version: 2, updatedBy: jane.id });
    const changed = (await events(muster)).find(({ type }) => type === "user.password_changed");
    expect(changed).toMatchObject({ changes: [], actor: { kind: "user", id: jane.id, sessionId: session.sessionId } });
  });

  test("a wrong old one changes nothing and leaves the sessions", async () => {
    const { muster, jane, login, session, as } = await loggedIn();
    expect(await outcome(as.users.changePassword(`${password} `, anotherPassword))).toBe("InvalidCredentials");
    expect(await outcome(muster.sessions.authenticate(session.accessToken))).toBe("ok");
    expect(await outcome(login(password))).toBe("ok");
    expect((await muster.users.get(jane.id)).version).toBe(1);
  });

  test("a new one that is too weak is refused as newPassword, and the old one stays", async () => {
    const { login, as } = await loggedIn();
    expect(await brokenRules(as.users.changePassword(password, "short"))).toEqual(["newPassword: password_too_short"]);
    expect(await brokenRules(as.users.changePassword(password, "josephine"))).toContain(
      "newPassword: password_context_word",
    );
    expect(await brokenRules(as.users.changePassword(password, 12345678 as never))).toEqual(["newPassword: type"]);
    expect(await brokenRules(as.users.changePassword(null as never, anotherPassword))).toEqual(["oldPassword: type"]);
    expect(await outcome(login(password))).toBe("ok");
  });

  test("of two changes with the same old password one wins", async () => {
    const { login, as } = await loggedIn();
    const outcomes = await Promise.all(
      [anotherPassword, `${anotherPassword}s`].map((it) => outcome(as.users.changePassword(password, it))),
    );
    expect(outcomes.sort()).toEqual(["InvalidCredentials", "ok"]);
    expect(await outcome(login(password))).toBe("InvalidCredentials");
  });

  test("set by an admin, a password ends every session", async () => {
    const { muster, jane, login, session } = await loggedIn();
    await muster.users.setPassword(jane.id, anotherPassword);
    await isOut(muster, session);
    expect(await outcome(login(anotherPassword))).toBe("ok");
    expect(await brokenRules(muster.users.setPassword(jane.id, "josephine"))).toContain(
      "password: password_context_word",
    );
  });

  test("a user without one gets none by changing it, only by having it set", async () => {
    const muster = await anInstance();
    const joe = await muster.users.create({ username: "joe" });
    expect(await outcome(actingAs(muster, joe).users.changePassword("", anotherPassword))).toBe("InvalidCredentials");
    await muster.users.setPassword(joe.id, anotherPassword);
    expect(await outcome(muster.sessions.login({ login: "joe", password: anotherPassword }))).toBe("ok");
  });
});
