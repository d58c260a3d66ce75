import { expect, test } from "vitest";
import type { Surroundings } from "./recovery-tests.ts";
import { password } from "./site.ts";

const temporary = "orchid-lantern-4471";

/** Drives the routes of required actions. */
export const requiredActionTests = ({ call, login, admin }: Surroundings): void => {
  test("a temporary password opens nothing but its own change", async () => {
    const made = await call("createUser", 201, { token: admin(), body: { username: "newcomer" } });
    const path = { id: made.body.id };
    await call("setPassword", 204, { token: admin(), path, body: { password: temporary, temporary: true } });
    await call("setPassword", 400, { token: admin(), path, body: { password: temporary, temporary: "yes" } });
    const first = (await call("login", 201, { body: { login: "newcomer", password: temporary } })).body;
    expect(first.requiredActions).toEqual(["UPDATE_PASSWORD"]);
    const token = first.accessToken;
    const refused = await call("listUsers", 403, { token });
    expect(refused.body).toMatchObject({ code: "action_required", requiredActions: ["UPDATE_PASSWORD"] });
    await call("updateProfile", 403, { token, body: { firstName: "N" } });
    await call("listAuditEvents", 403, { token });
    const refreshed = (await call("refreshSession", 200, { body: { refreshToken: first.refreshToken } })).body;
    expect(refreshed.requiredActions).toEqual(["UPDATE_PASSWORD"]);
    const mine = await call("getProfile", 200, { token: refreshed.accessToken });
    expect(mine.body.requiredActions).toEqual(["UPDATE_PASSWORD"]);
    const body = { oldPassword: temporary, newPassword: password };
    await call("changeOwnPassword", 204, { token: refreshed.accessToken, body });
    const free = await login("newcomer");
    expect(free.requiredActions).toBeUndefined();
    await call("listUsers", 200, { token: free.accessToken });
  });

  test("terms are agreed to, and tokens at hand are good at once", async () => {
    const made = await call("createUser", 201, {
      token: admin(),
      body: { username: "signatory", password, requiredActions: ["ACCEPT_TERMS"] },
    });
    const path = { id: made.body.id };
    const { accessToken: token } = await login("signatory");
    await call("listUsers", 403, { token });
    await call("acceptAction", 403, { token, body: { action: "UPDATE_PASSWORD" } });
    await call("acceptAction", 400, { token, body: {} });
    await call("acceptAction", 401, { body: { action: "ACCEPT_TERMS" } });
    const accepted = await call("acceptAction", 200, { token, body: { action: "ACCEPT_TERMS" } });
    expect(accepted.body.requiredActions).toEqual([]);
    await call("listUsers", 200, { token });
    await call("setRequiredActions", 403, { token, path, body: { requiredActions: [] } });
    await call("setRequiredActions", 401, { path, body: { requiredActions: [] } });
    await call("setRequiredActions", 400, { token: admin(), path, body: { requiredActions: ["no"] } });
    await call("setRequiredActions", 404, { token: admin(), path: { id: "nobody" }, body: { requiredActions: [] } });
    const set = await call("setRequiredActions", 200, {
      token: admin(),
      path,
      body: { requiredActions: ["OWN", "B"] },
    });
    expect(set.body.requiredActions).toEqual(["OWN", "B"]);
    await call("listUsers", 403, { token });
  });
};
