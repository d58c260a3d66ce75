import { describe, expect, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import { onStore } from "../doubles/running.ts";
import { watchedStore } from "../doubles/watched-store.ts";
import { brokenRules, events, outcome, refusal } from "../instance.ts";
import { appOf, aScene, password } from "./scene.ts";

describe("setting up an authenticator app", () => {
  it("counts for nothing until its first code, which shows recovery codes once", async () => {
    const scene = await aScene();
    const acting = await scene.as((await scene.login()).accessToken);
    const { id, secret, uri } = await acting.secondFactors.startTotp();
    expect(uri).toBe(
      `otpauth://totp/app.example:jane?secret=${secret}&issuer=app.example&algorithm=SHA1&digits=6&period=30`,
    );
    expect(await acting.secondFactors.list()).toEqual({ factors: [], recoveryCodesLeft: 0 });
    await scene.login();
    const { factor, recoveryCodes } = await acting.secondFactors.confirmTotp({
      id,
      code: appOf(secret).at(scene.clock.now()),
    });
    expect(factor).toMatchObject({ id, kind: "totp", name: "Authenticator app" });
    expect(new Set(recoveryCodes).size).toBe(10);
    expect(recoveryCodes?.every((code) => /^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/.test(code))).toBe(true);
    expect(await acting.secondFactors.list()).toEqual({ factors: [factor], recoveryCodesLeft: 10 });
    expect(await outcome(scene.login())).toBe("SecondFactorRequired");
    expect((await events(scene.muster)).map(({ type }) => type)).toContain("second_factor.added");
  });

  it("is what CONFIGURE_TOTP asks for, and all that is open until then", async () => {
    const scene = await aScene();
    const { accessToken } = await scene.login();
    const { id: userId } = await (await scene.as(accessToken)).users.profile();
    await scene.muster.users.setRequiredActions(userId, ["CONFIGURE_TOTP"]);
    const acting = await scene.as(accessToken);
    expect(await outcome(acting.users.list())).toBe("ActionRequired");
    const { id, secret } = await acting.secondFactors.startTotp();
    await acting.secondFactors.confirmTotp({ id, code: appOf(secret).at(scene.clock.now()) });
    expect(await outcome((await scene.as(accessToken)).users.list())).toBe("ok");
    expect((await scene.muster.users.get(userId)).requiredActions).toEqual([]);
  });

  it("goes on only with a code of that app, and is over once confirmed", async () => {
    const scene = await aScene();
    const acting = await scene.as((await scene.login()).accessToken);
    const first = await acting.secondFactors.startTotp();
    const second = await acting.secondFactors.startTotp();
    const confirm = (id: string, secret: string) =>
      outcome(acting.secondFactors.confirmTotp({ id, code: appOf(secret).at(scene.clock.now()) }));
    expect(await confirm(first.id, first.secret)).toBe("SecondFactorNotFound");
    expect(await confirm(second.id, first.secret)).toBe("InvalidCode");
    expect(await confirm(second.id, second.secret)).toBe("ok");
    scene.clock.wait(30_000);
    expect(await confirm(second.id, second.secret)).toBe("SecondFactorNotFound");
  });

  it("leaves the recovery codes of the first app as they are when a second one comes", async () => {
    const scene = await aScene();
    const { app, recoveryCodes } = await scene.enrol();
    const tokens = await scene.complete(app.at(scene.clock.now()));
    const acting = await scene.as(tokens.accessToken);
    const { id, secret } = await acting.secondFactors.startTotp({ name: "Tablet" });
    const code = appOf(secret).at(scene.clock.now());
    expect((await acting.secondFactors.confirmTotp({ id, code })).recoveryCodes).toBeNull();
    scene.clock.wait(30_000);
    await scene.complete(appOf(secret).at(scene.clock.now()));
    await scene.complete(recoveryCodes[3] ?? "");
  });

  it("is for users alone, who logged in within ten minutes, and by two factors if they have one", async () => {
    const scene = await aScene();
    expect(await outcome(scene.muster.secondFactors.startTotp())).toBe("Forbidden");
    expect(await outcome(scene.muster.as("anonymous").secondFactors.startTotp())).toBe("Unauthenticated");
    const old = await scene.as((await scene.login()).accessToken);
    scene.clock.wait(600_000);
    expect(await outcome(old.secondFactors.startTotp())).toBe("ok");
    scene.clock.wait(1_000);
    expect(await refusal(old.secondFactors.startTotp())).toMatchObject({
      _tag: "InsufficientAuthentication",
      maxAgeSeconds: 600,
      methods: [],
    });
    const { acting, id } = await scene.enrol();
    for (const call of [
      acting.secondFactors.startTotp(),
      acting.secondFactors.remove(id),
      acting.secondFactors.replaceRecoveryCodes(),
    ]) {
      expect(await refusal(call)).toMatchObject({ _tag: "InsufficientAuthentication", methods: ["mfa"] });
    }
  });

  it("takes names of 1 to 64 characters", async () => {
    const scene = await aScene();
    const acting = await scene.as((await scene.login()).accessToken);
    for (const name of ["", "x".repeat(65)]) {
      expect(await brokenRules(acting.secondFactors.startTotp({ name }))).toEqual(["name: length"]);
    }
  });
});

describe("the second factors of a user", () => {
  it("are renamed and removed by the user; the recovery codes go with the last one", async () => {
    const scene = await aScene();
    const { app, id } = await scene.enrol();
    const acting = await scene.as((await scene.complete(app.at(scene.clock.now()))).accessToken);
    expect(await acting.secondFactors.rename(id, "Old phone")).toMatchObject({ id, name: "Old phone" });
    await acting.secondFactors.remove(id);
    expect(await acting.secondFactors.list()).toEqual({ factors: [], recoveryCodesLeft: 0 });
    expect(await outcome(acting.secondFactors.remove(id))).toBe("SecondFactorNotFound");
    await scene.login();
  });

  it("are nothing to other users, and may be removed by admins for who lost theirs", async () => {
    const scene = await aScene();
    const { id } = await scene.enrol();
    await scene.muster.users.create({ username: "joe", password });
    await scene.muster.users.create({ username: "root", password, role: "admin" });
    const asUser = async (login: string) =>
      scene.as((await scene.muster.sessions.login({ login, password })).accessToken);
    const [joe, root] = [await asUser("joe"), await asUser("root")];
    expect(await outcome(joe.secondFactors.remove(id))).toBe("SecondFactorNotFound");
    expect(await outcome(joe.secondFactors.rename(id, "mine"))).toBe("SecondFactorNotFound");
    expect(await outcome(joe.secondFactors.list(scene.jane.id))).toBe("Forbidden");
    expect((await root.secondFactors.list(scene.jane.id)).factors).toHaveLength(1);
    scene.clock.wait(601_000);
    expect(await outcome(root.secondFactors.remove(id))).toBe("InsufficientAuthentication");
    await (await asUser("root")).secondFactors.remove(id);
    await scene.login();
  });

  it("stay when the password is set anew", async () => {
    const scene = await aScene();
    const { app } = await scene.enrol();
    const changed = "another staple entirely";
    await scene.muster.users.setPassword(scene.jane.id, changed);
    const login = () => scene.muster.sessions.login({ login: "jane", password: changed });
    const asked = await refusal(login());
    expect(asked._tag).toBe("SecondFactorRequired");
    if (asked._tag !== "SecondFactorRequired") return;
    const { challenge } = asked;
    await scene.muster.sessions.completeLogin({ challenge, code: app.at(scene.clock.now()) });
  });

  it("get ten new recovery codes at once, and the old ones work no more", async () => {
    const scene = await aScene();
    const { app, recoveryCodes } = await scene.enrol();
    const acting = await scene.as((await scene.complete(app.at(scene.clock.now()))).accessToken);
    const fresh = await acting.secondFactors.replaceRecoveryCodes();
    expect(fresh).toHaveLength(10);
    expect(await outcome(scene.complete(recoveryCodes[0] ?? ""))).toBe("InvalidCode");
    const typed = ` ${(fresh[0] ?? "").toUpperCase().replaceAll("-", " ")} `;
    await scene.complete(typed);
    expect(await outcome(scene.complete(fresh[0] ?? ""))).toBe("InvalidCode");
    expect((await scene.muster.secondFactors.list(scene.jane.id)).recoveryCodesLeft).toBe(9);
    expect((await events(scene.muster)).map(({ type }) => type)).toContain("second_factor.recovery_code_used");
  });

  it("are in the store as nothing that could be used", async () => {
    const store = watchedStore(memoryStore());
    const scene = await aScene({ store });
    const acting = await scene.as((await scene.login()).accessToken);
    const { id, secret } = await acting.secondFactors.startTotp();
    const code = appOf(secret).at(scene.clock.now());
    const { recoveryCodes } = await acting.secondFactors.confirmTotp({ id, code });
    const [factor] = await onStore(store, ({ secondFactors }) => secondFactors.list("default", scene.jane.id));
    expect(factor?.id).toBe(id);
    const { bytes } = appOf(secret);
    const box = Buffer.from(factor?.secretBox ?? bytes);
    for (const form of [Buffer.from(bytes), Buffer.from(bytes).toString("base64"), secret])
      expect(box.includes(form)).toBe(false);
    const kept = store.statements.map(({ answer }) => JSON.stringify(answer));
    const log = JSON.stringify(await events(scene.muster));
    for (const hidden of [secret, code, ...(recoveryCodes ?? [])]) {
      expect(kept.join() + log).not.toContain(hidden);
    }
  });
});
