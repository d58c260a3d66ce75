import { type Mailbox, tokenIn } from "@muster/core/testing";
import { expect, test } from "vitest";
import type { Answer, CallInput } from "./document-client.ts";
import { password } from "./site.ts";

/** What the tests find: jane, whose proven email is `j@example.com`, and an admin. */
export interface Surroundings {
  readonly call: (operation: string, status: number, input?: CallInput) => Promise<Answer>;
  readonly login: (name: string) => Promise<Answer["body"]>;
  readonly box: Mailbox;
  readonly jane: () => string;
  readonly admin: () => string;
}

/** Drives the routes that work by links in mails. Jane has no password afterwards. */
export const recoveryTests = ({ call, login, box, jane, admin }: Surroundings): void => {
  test("a forgotten password is reset by the link of a mail, whose token works once", async () => {
    await call("requestPasswordReset", 202, { body: { login: "nobody" } });
    const asked = await call("requestPasswordReset", 202, { body: { login: "jane" } });
    expect(asked.body).toBeUndefined();
    const token = tokenIn(await box.take({ kind: "password_reset" }));
    await call("resetPassword", 400, { body: { token, password: "12345678" } });
    await call("resetPassword", 204, { body: { token, password } });
    const used = await call("resetPassword", 400, { body: { token, password } });
    expect(used.body.code).toBe("invalid_one_time_token");
    await call("requestPasswordReset", 400, { body: {} });
  });

  test("an address is proven, changed and changed back by links", async () => {
    const token = (await login("jane")).accessToken;
    await call("requestEmailVerification", 202, { token, path: { id: "me" } });
    await call("requestEmailVerification", 404, { token: admin(), path: { id: "nobody" } });
    await call("requestEmailChange", 401, { token, body: { email: "new@example.com", password: "wrong" } });
    await call("requestEmailChange", 202, { token, body: { email: "new@example.com", password } });
    const confirmation = { token: tokenIn(await box.take({ kind: "email_change" })) };
    const pending = await call("findPendingEmail", 200, { token, path: { id: "me" } });
    expect(pending.body.email).toBe("new@example.com");
    await call("confirmEmail", 401, { body: confirmation });
    await call("confirmEmail", 401, { body: { ...confirmation, password: "wrong" } });
    const confirmed = await call("confirmEmail", 200, { token, body: confirmation });
    expect(confirmed.body).toEqual({ userId: jane(), email: "new@example.com", passwordCleared: false });
    await call("confirmEmail", 400, { token, body: confirmation });
    expect((await call("findPendingEmail", 200, { token, path: { id: "me" } })).body.email).toBeNull();
    const undo = { token: tokenIn(await box.take({ kind: "email_changed", to: "j@example.com" })) };
    await call("undoEmailChange", 204, { body: undo });
    await call("undoEmailChange", 400, { body: undo });
    await call("getProfile", 401, { token });
    await call("login", 401, { body: { login: "jane", password } });
  });
};
