import { generateSync } from "otplib";
import { expect, test } from "vitest";
import type { Answer, CallInput } from "./document-client.ts";
import { password } from "./site.ts";

/** What the tests find: jane, who has a password, and an admin. */
export interface Surroundings {
  readonly call: (operation: string, status: number, input?: CallInput) => Promise<Answer>;
  readonly login: (name: string) => Promise<Answer["body"]>;
  readonly admin: () => string;
}

/** Drives the routes of second factors. Jane has none afterwards. */
export const secondFactorTests = ({ call, login, admin }: Surroundings): void => {
  test("a second factor is set up, asked for at login, and removed", async () => {
    const credentials = { login: "jane", password };
    let token = (await login("jane")).accessToken;
    await call("startTotp", 400, { token, body: { name: "" } });
    const { id, secret } = (await call("startTotp", 201, { token, body: { name: "Phone" } })).body;
    const codeIn = (seconds: number): string =>
      generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + seconds });
    await call("confirmTotp", 404, { token, path: { id: "nothing" }, body: { code: codeIn(0) } });
    await call("confirmTotp", 401, { token, path: { id }, body: { code: "nonsense" } });
    const confirmed = await call("confirmTotp", 200, { token, path: { id }, body: { code: codeIn(0) } });
    expect(confirmed.body.factor).toMatchObject({ id, name: "Phone", kind: "totp" });
    const { recoveryCodes } = confirmed.body;
    expect(recoveryCodes).toHaveLength(10);

    const asked = await call("login", 401, { body: credentials });
    expect(asked.body).toMatchObject({ code: "second_factor_required", factors: ["totp", "recovery_code"] });
    const { challenge } = asked.body;
    await call("completeLogin", 401, { body: { challenge, code: "000 000" } });
    await call("completeLogin", 400, { body: { challenge } });
    const completed = await call("completeLogin", 201, { body: { challenge, code: codeIn(30) } });
    expect(completed.headers.get("location")).toBe(`/api/sessions/${completed.body.sessionId}`);
    const gone = await call("completeLogin", 401, { body: { challenge, code: recoveryCodes[0] } });
    expect(gone.body.code).toBe("invalid_challenge");

    const refused = await call("replaceRecoveryCodes", 401, { token });
    expect(refused.body).toMatchObject({ code: "insufficient_authentication", maxAgeSeconds: 600, methods: ["mfa"] });
    expect(refused.headers.get("www-authenticate")).toMatch(
      /^Bearer error="insufficient_user_authentication", error_description="[^"]+", max_age="600"$/,
    );
    await call("stepUp", 400, { token, body: { password } });
    await call("stepUp", 401, { token, body: { code: "nonsense" } });
    token = (await call("stepUp", 200, { token, body: { code: recoveryCodes[1] } })).body.accessToken;
    expect((await call("replaceRecoveryCodes", 201, { token })).body.recoveryCodes).toHaveLength(10);
    await call("renameSecondFactor", 404, { token: admin(), path: { id: "nothing" }, body: { name: "x" } });
    expect((await call("renameSecondFactor", 200, { token, path: { id }, body: { name: "Old" } })).body.name).toBe(
      "Old",
    );
    const mine = await call("listSecondFactors", 200, { token, path: { id: "me" } });
    expect(mine.body).toMatchObject({ factors: [{ id, name: "Old" }], recoveryCodesLeft: 10 });
    await call("listSecondFactors", 404, { token: admin(), path: { id: "nobody" } });
    await call("removeSecondFactor", 204, { token, path: { id } });
    await call("removeSecondFactor", 404, { token, path: { id } });
    await call("replaceRecoveryCodes", 404, { token });
    await login("jane");
  });
};
