import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import { tokenIn } from "../../src/testing/index.ts";
import { cellsOf } from "../doubles/sqlite-file.ts";
import { newFile } from "../doubles/stores.ts";
import { events, outcome } from "../instance.ts";
import { aScene, asJane, jane, mailsSoFar, minute, otherPassword, password, tokenFrom } from "./scene.ts";

/** All texts and bytes in a file, the latter read as text. */
const contentOf = (file: string): string =>
  cellsOf(file)
    .map(({ value }) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)))
    .join("\n");

describe("a mail server that is down", () => {
  it("loses nothing: the mail comes when it is up again, and its link works from then on", async () => {
    const scene = await aScene();
    const { muster, box, clock } = scene;
    await jane(muster);
    box.failWith(new Error("connect ECONNREFUSED"));
    await muster.recovery.requestPasswordReset({ login: "jane" });
    for (let hours = 0; hours < 3; hours++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      clock.wait(60 * minute);
    }
    box.failWith(undefined);
    const token = await tokenFrom(scene, "password_reset");
    clock.wait(59 * minute);
    expect(await outcome(muster.recovery.resetPassword({ token, password: otherPassword }))).toBe("ok");
  });

  it("does not hold up the caller, nor a server that hangs", async () => {
    const { muster, box } = await aScene({ ports: {} });
    await jane(muster);
    box.send = () => new Promise(() => undefined);
    const begun = performance.now();
    await muster.recovery.requestPasswordReset({ login: "jane" });
    expect(performance.now() - begun).toBeLessThan(500);
  });

  it("that will never take a mail is not asked again", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    let attempts = 0;
    const { send } = scene.box;
    scene.box.send = (mail) => {
      if (mail.to !== "Jane@x.example") return send(mail);
      attempts++;
      return Promise.reject(Object.assign(new Error("no such mailbox"), { permanent: true }));
    };
    await scene.muster.recovery.requestPasswordReset({ login: "jane" });
    await mailsSoFar(scene);
    scene.clock.wait(60 * minute);
    await mailsSoFar(scene);
    expect(attempts).toBe(1);
  });
});

describe("the token of a mail", () => {
  it("is nowhere in the database, nor is what was typed as login, nor in the audit log", async () => {
    const file = newFile();
    const scene = await aScene({ store: sqliteStore(file) as StoreModule<never> });
    const { muster, box } = scene;
    await jane(muster, { emailVerified: false });
    box.failWith(new Error("down"));
    await muster.recovery.requestPasswordReset({ login: "my secret 4711 typed by mistake" });
    await muster.recovery.requestPasswordReset({ login: "jane" });
    await muster.recovery.requestEmailVerification((await muster.users.findByUsername("jane")).id);
    await (await asJane(muster)).recovery.requestEmailChange({ email: "new@y.example", password });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const waiting = contentOf(file);
    box.failWith(undefined);
    scene.clock.wait(10 * minute);
    const tokens = [
      await tokenFrom(scene, "password_reset"),
      await tokenFrom(scene, "email_verification"),
      await tokenFrom(scene, "email_change"),
    ];
    const sent = contentOf(file);
    for (const secret of [...tokens, "my secret 4711 typed by mistake", password]) {
      expect(waiting.includes(secret)).toBe(false);
      expect(sent.includes(secret)).toBe(false);
    }
    expect(sent).toContain("new@y.example");
    expect(JSON.stringify(await events(muster))).not.toMatch(/mst_|y\.example/);
  });

  it("is in no error", async () => {
    const scene = await aScene();
    await jane(scene.muster);
    await scene.muster.recovery.requestPasswordReset({ login: "jane" });
    const token = tokenIn(await scene.box.take({ kind: "password_reset" }));
    const errors = await Promise.allSettled([
      scene.muster.recovery.resetPassword({ token, password: "short" }),
      scene.muster.recovery.confirmEmail({ token }),
      scene.muster.recovery.resetPassword({ token: `${token}x`, password: otherPassword }),
    ]);
    for (const error of errors) expect(`${JSON.stringify(error)}${String(error)}`).not.toContain(token);
  });
});

describe("a user is mailed", () => {
  it("when the password was changed, by whomever", async () => {
    const scene = await aScene();
    const { id } = await jane(scene.muster);
    await (await asJane(scene.muster)).users.changePassword(password, otherPassword);
    await scene.muster.users.setPassword(id, password);
    expect(await mailsSoFar(scene)).toEqual(["password_changed", "password_changed"]);
  });

  it("who signs up with an address, to prove it; one whom an admin adds is not", async () => {
    const scene = await aScene();
    await scene.muster.users.create({ username: "joe", email: "joe@x.example" });
    await scene.muster.as("anonymous").users.create({ username: "jane", email: "jane@x.example", password });
    const token = await tokenFrom(scene, "email_verification", "jane@x.example");
    expect(await scene.muster.recovery.confirmEmail({ token, password })).toMatchObject({ passwordCleared: false });
    expect(await mailsSoFar(scene)).toEqual(["email_verification"]);
  });

  it("in the language of the user, at the address as the user typed it", async () => {
    const scene = await aScene();
    await jane(scene.muster, { locale: "pt-BR", displayName: "Jane <b>D</b>" });
    await scene.muster.recovery.requestPasswordReset({ login: "JANE@x.example" });
    const mail = await scene.box.take({ kind: "password_reset" });
    expect([mail.to, mail.locale]).toEqual(["Jane@x.example", "en"]);
    expect(mail.html).toContain("Jane &lt;b&gt;D&lt;/b&gt;");
  });
});
