import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { mailbox } from "@muster/core/testing";
import { musterRoutes, type OpenApiDocument } from "@muster/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docsRoutes } from "../src/docs.ts";
import { accessTests } from "./access-tests.ts";
import { type Answer, type CallInput, DocumentClient } from "./document-client.ts";
import { invitationTests } from "./invitation-tests.ts";
import { recoveryTests } from "./recovery-tests.ts";
import { requiredActionTests } from "./required-action-tests.ts";
import { secondFactorTests } from "./second-factor-tests.ts";
import { openSite, password, type Site } from "./site.ts";
import { stores } from "./stores.ts";

describe.each(stores)("over HTTP, kept in %s, every answer as the document says", (_name, open) => {
  const box = mailbox();
  let directory: string;
  let site: Site;
  let client: DocumentClient;
  let admin: string;
  let jane: string;
  let janeToken: string;

  const call = (operation: string, status: number, input?: CallInput): Promise<Answer> =>
    client.call(operation, status, input);
  const login = async (name: string, secret: string = password): Promise<Answer["body"]> =>
    (await call("login", 201, { body: { login: name, password: secret } })).body;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), "muster-routes-"));
    site = await openSite(undefined, open(directory), {
      permissions: { location: { edit: ["view"], view: [] } },
      mail: { origin: "https://app.example" },
      ports: { mailer: box },
    });
    const response = await fetch(`${site.url}/api/openapi.json`);
    client = new DocumentClient(site.url, (await response.json()) as OpenApiDocument);
    admin = (await login("admin")).accessToken;
  });

  afterAll(async () => {
    await site.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test("a user is created, and found at its Location", async () => {
    const body = { firstName: "Jane", username: "jane", email: "jane@example.com", password, tags: ["blue"] };
    const made = await call("createUser", 201, { token: admin, body });
    jane = made.body.id;
    expect(made.headers.get("location")).toBe(`/api/users/${jane}`);
    expect(made.headers.get("etag")).toBe('"1"');
    expect(made.body).toMatchObject({ firstName: "Jane", updatedAt: null, status: "enabled", version: 1 });
    const got = await fetch(`${site.url}${made.headers.get("location")}`, {
      headers: { Authorization: `Bearer ${admin}` },
    });
    expect(await got.json()).toEqual(made.body);
    janeToken = (await login("jane@example.com")).accessToken;
  });

  test("creating is refused with the reason", async () => {
    await call("createUser", 401, { body: { username: "x" } });
    await call("createUser", 401, { token: "forged", body: { username: "x" } });
    await call("createUser", 403, { token: janeToken, body: { username: "x" } });
    const taken = await call("createUser", 409, { token: admin, body: { username: "JANE" } });
    expect(taken.body.code).toBe("username_taken");
    const mail = await call("createUser", 409, { token: admin, body: { email: "jane@EXAMPLE.com" } });
    expect(mail.body.code).toBe("email_taken");
    const sameId = await call("createUser", 409, { token: admin, body: { id: jane, username: "other" } });
    expect(sameId.body.code).toBe("user_id_taken");
    const bad = await call("createUser", 400, { token: admin, body: { username: "", nickname: "x", tags: "x" } });
    expect(bad.body.errors.map((error: { field: string }) => error.field).sort()).toEqual([
      "nickname",
      "tags",
      "username",
    ]);
    const weak = await call("createUser", 400, { token: admin, body: { username: "weak", password: "password" } });
    expect(weak.body.errors[0].rule).toBe("password_too_common");
  });

  test("users are listed, filtered, sorted, counted and walked", async () => {
    for (const name of ["ann", "bob", "cid"])
      await call("createUser", 201, { token: admin, body: { username: name, metadata: { team: { of: name } } } });
    const all = await call("listUsers", 200, { token: admin, query: "?sort=username&total=exact" });
    expect(all.body.users.map((user: { username: string }) => user.username)).toEqual([
      "admin",
      "ann",
      "bob",
      "cid",
      "jane",
    ]);
    expect(all.body.total).toEqual({ count: 5, exact: true });
    expect(all.headers.get("link")).toBeNull();
    const first = await call("listUsers", 200, { token: admin, query: "?sort=-username&limit=2&role=user,admin" });
    expect(first.body.total).toBeNull();
    const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get("link") ?? "")?.[1] ?? "";
    expect(next.startsWith("/api/users?sort=-username&limit=2&role=user%2Cadmin&cursor=")).toBe(true);
    const second = await call("listUsers", 200, { token: admin, query: next.slice("/api/users".length) });
    expect(second.body.users.map((user: { username: string }) => user.username)).toEqual(["bob", "ann"]);
  });

  test("lists are refused with the reason", async () => {
    await call("listUsers", 401);
    await call("listUsers", 400, { token: admin, query: "?limit=5&limit=5000" });
    await call("listUsers", 400, { token: admin, query: "?cursor=forged" });
    await call("listUsers", 400, { token: admin, query: "?page=2" });
    await call("listUsers", 400, { token: admin, query: "?search=%E0%A4%A" });
    await call("listUsers", 403, { token: janeToken, query: "?email=admin%40example.com" });
    await call("countUsers", 403, { token: janeToken, query: "?status=deleted" });
  });

  test("a user is read by id, in full by admins and itself, in part by others", async () => {
    const whole = await call("getUser", 200, { token: admin, path: { id: jane } });
    expect(whole.body.privateMetadata).toEqual({});
    const own = await call("getUser", 200, { token: janeToken, path: { id: jane } });
    expect(own.body.privateMetadata).toBeUndefined();
    expect(own.headers.get("etag")).toBe(`"${own.body.version}"`);
    const other = await call("listUsers", 200, { token: janeToken, query: "?username=ann" });
    expect(Object.keys(other.body.users[0]).sort()).toEqual(
      ["displayName", "firstName", "id", "lastName", "pictureUrl", "username"].sort(),
    );
    const reduced = await call("getUser", 200, { token: janeToken, path: { id: other.body.users[0].id } });
    expect(reduced.headers.get("etag")).toBeNull();
    await call("getUser", 404, { token: admin, path: { id: "nobody" } });
    await call("getUser", 400, { token: admin, path: { id: "no such id" } });
    await call("getUser", 401, { path: { id: jane } });
  });

  test("a profile is read and changed by its owner", async () => {
    const mine = await call("getProfile", 200, { token: janeToken });
    expect(mine.body.id).toBe(jane);
    const changed = await call("updateProfile", 200, {
      token: janeToken,
      headers: { "If-Match": mine.headers.get("etag") ?? "" },
      body: { displayName: "J", metadata: { theme: "dark" } },
    });
    expect(changed.body).toMatchObject({ displayName: "J", metadata: { theme: "dark" }, updatedBy: jane });
    await call("updateProfile", 403, { token: janeToken, body: { privateMetadata: {} } });
    await call("updateProfile", 400, { token: janeToken, body: { role: "admin" } });
    await call("getProfile", 401);
  });

  test("a change with the wrong version is refused with the current one", async () => {
    const { body } = await call("getUser", 200, { token: admin, path: { id: jane } });
    const stale = { "If-Match": `"${body.version + 7}"` };
    const input = { token: admin, path: { id: jane }, headers: stale };
    const refused = await call("updateUser", 412, { ...input, body: { lastName: "Doe" } });
    expect(refused.body.currentVersion).toBe(body.version);
    await call("replaceTags", 412, { ...input, body: { tags: [] } });
    await call("disableUser", 412, input);
    await call("deleteUser", 412, input);
    for (const value of ["1", 'W/"1"', '"1", "2"', '"x"', '""', '"-1"', '"01"'])
      await call("updateUser", 400, { ...input, headers: { "If-Match": value }, body: { lastName: "Doe" } });
    const any = await call("updateUser", 200, { ...input, headers: { "If-Match": "*" }, body: { lastName: "Doe" } });
    expect(any.body.lastName).toBe("Doe");
  });

  test("tags, email, username, role and owner have operations of their own", async () => {
    const at = { token: admin, path: { id: jane } };
    expect((await call("replaceTags", 200, { ...at, body: { tags: ["x", "y", "x"] } })).body.tags).toEqual(["x", "y"]);
    expect((await call("changeEmail", 200, { ...at, body: { email: "j@example.com" } })).body.email).toBe(
      "j@example.com",
    );
    expect((await call("changeUsername", 200, { ...at, body: { username: "jane.d" } })).body.username).toBe("jane.d");
    expect((await call("changeOwner", 200, { ...at, body: { ownerId: "boss" } })).body.ownerId).toBe("boss");
    expect((await call("setRole", 200, { ...at, body: { role: "admin" } })).body.role).toBe("admin");
    expect((await call("setRole", 200, { ...at, body: { role: "user" } })).body.role).toBe("user");
    await call("changeEmail", 409, { ...at, body: { email: "admin@example.com" } });
    await call("changeUsername", 409, { ...at, body: { username: "admin" } });
    await call("replaceTags", 400, { ...at, body: { tags: ["x"], more: 1 } });
    await call("setRole", 400, { ...at, body: {} });
    await call("setRole", 400, { ...at, body: { role: "root" } });
    await call("changeOwner", 404, { ...at, path: { id: "nobody" }, body: { ownerId: null } });
  });

  test("me stands for the caller wherever an id does", async () => {
    janeToken = (await login("jane.d")).accessToken;
    const me = { token: janeToken, path: { id: "me" } };
    expect((await call("replaceTags", 200, { ...me, body: { tags: ["mine"] } })).body).toMatchObject({ id: jane });
    expect((await call("changeUsername", 200, { ...me, body: { username: "jane" } })).body.username).toBe("jane");
    await call("setRole", 403, { ...me, body: { role: "admin" } });
    await call("disableUser", 403, me);
    await call("changeEmail", 401, { path: { id: "me" }, body: { email: null } });
  });

  test("the last admin stays", async () => {
    const me = { token: admin, path: { id: "me" } };
    expect((await call("setRole", 409, { ...me, body: { role: "user" } })).body.code).toBe("last_admin");
    await call("disableUser", 409, me);
    await call("deleteProfile", 409, me);
  });

  test("a user may delete itself", async () => {
    await site.muster.users.create({ username: "leaver", password });
    const token = (await login("leaver")).accessToken;
    await call("deleteProfile", 412, { token, headers: { "If-Match": '"9"' } });
    expect((await call("deleteProfile", 200, { token })).body.status).toBe("deleted");
    await call("deleteProfile", 401, { token });
  });

  test("sessions are refreshed, listed and ended", async () => {
    const first = await login("jane");
    const fresh = await call("refreshSession", 200, { body: { refreshToken: first.refreshToken } });
    expect(fresh.body.sessionId).toBe(first.sessionId);
    expect(fresh.headers.get("cache-control")).toBe("no-store");
    await call("refreshSession", 401, { body: { refreshToken: "forged" } });
    await call("refreshSession", 400, { body: { refreshToken: first.refreshToken, grant: "x" } });
    const listed = await call("listSessions", 200, { token: first.accessToken });
    expect(listed.body.sessions[0].client).toMatchObject({ address: "127.0.0.1" });
    await call("listSessions", 200, { token: admin, query: `?userId=${jane}` });
    await call("listSessions", 403, { token: first.accessToken, query: "?userId=somebody-else" });
    await call("revokeSession", 204, { token: janeToken, path: { id: first.sessionId } });
    await call("revokeSession", 404, { token: janeToken, path: { id: first.sessionId } });
    await call("getProfile", 401, { token: first.accessToken });
    const second = await login("jane");
    await call("logout", 204, { token: second.accessToken });
    await call("logout", 401, { token: second.accessToken });
    const ended = await call("revokeUserSessions", 200, { token: admin, path: { id: jane } });
    expect(ended.body.revoked).toBeGreaterThan(0);
    await call("getProfile", 401, { token: janeToken });
  });

  test("unknown login and wrong password are one answer", async () => {
    const wrong = await call("login", 401, { body: { login: "jane", password: "wrong" } });
    const unknown = await call("login", 401, { body: { login: "nobody", password: "wrong" } });
    expect(unknown.body).toEqual(wrong.body);
    expect(wrong.headers.get("www-authenticate")).toBe("Bearer");
    await call("login", 400, { body: { login: "jane" } });
    await call("login", 400, { body: { login: "jane", password, client: { address: "x" } } });
  });

  test("guessing makes wait, known and unknown logins alike, until an admin ends it", async () => {
    const guess = (login: string, status: number, given = "wrong") =>
      call("login", status, { body: { login, password: given } });
    const { accessToken } = await login("jane");
    const answers: unknown[] = [];
    for (const name of ["jane", "somebody.else"]) {
      for (let failure = 0; failure < 5; failure++) await guess(name, 401);
      const refused = await guess(name, 429, password);
      expect(refused.headers.get("retry-after")).toBe("1");
      answers.push(refused.body);
    }
    expect(answers[0]).toEqual(answers[1]);
    await call("unlockUser", 403, { token: accessToken, path: { id: jane } });
    await call("unlockUser", 404, { token: admin, path: { id: "nobody" } });
    await call("unlockUser", 204, { token: admin, path: { id: jane } });
    await guess("jane", 201, password);
  });

  test("passwords are changed by their owner and set by an admin, and end all sessions", async () => {
    const changed = "orchid-lantern-4471";
    const token = (await login("jane")).accessToken;
    await call("changeOwnPassword", 401, { token, body: { oldPassword: "wrong", newPassword: changed } });
    await call("changeOwnPassword", 400, { token, body: { oldPassword: password, newPassword: "12345678" } });
    await call("changeOwnPassword", 204, { token, body: { oldPassword: password, newPassword: changed } });
    await call("getProfile", 401, { token });
    await login("jane", changed);
    await call("setPassword", 204, { token: admin, path: { id: jane }, body: { password } });
    await call("setPassword", 404, { token: admin, path: { id: "nobody" }, body: { password } });
    await login("jane");
  });

  requiredActionTests({ call, login, box, jane: () => jane, admin: () => admin });
  invitationTests({ call, login, box, jane: () => jane, admin: () => admin });
  secondFactorTests({ call, login, admin: () => admin });
  accessTests({ call, login, admin: () => admin });
  recoveryTests({ call, login, box, jane: () => jane, admin: () => admin });

  test("a user goes through the lifecycle", async () => {
    const at = { token: admin, path: { id: jane } };
    expect((await call("disableUser", 200, at)).body.status).toBe("disabled");
    expect((await call("disableUser", 409, at)).body.code).toBe("illegal_transition");
    await call("login", 401, { body: { login: "jane", password } });
    expect((await call("enableUser", 200, at)).body.status).toBe("enabled");
    expect((await call("deleteUser", 200, at)).body.status).toBe("deleted");
    expect((await call("restoreUser", 200, at)).body.status).toBe("disabled");
    await call("purgeUser", 409, at);
    await call("deleteUser", 200, at);
    await call("purgeUser", 204, at);
    await call("purgeUser", 404, at);
  });

  test("the audit log tells admins who did what", async () => {
    const page = await call("listAuditEvents", 200, { token: admin, query: `?userId=${jane}&limit=2` });
    expect(page.body.events[0].type).toBe("user.purged");
    expect(page.headers.get("link")).toContain('rel="next"');
    await call("listAuditEvents", 200, {
      token: admin,
      query: "?type=session.started&after=2020-01-01T00:00:00Z&before=2099-01-01T00:00:00Z",
    });
    await call("listAuditEvents", 400, { token: admin, query: "?type=everything" });
    const token = (await login("admin")).accessToken;
    expect(token).not.toBe("");
    await site.muster.users.create({ username: "plain", password });
    await call("listAuditEvents", 403, { token: (await login("plain")).accessToken });
  });

  test("keys are listed, rotated and revoked by admins", async () => {
    const token = (await login("admin")).accessToken;
    expect((await call("listKeys", 200, { token })).body.keys).toMatchObject([{ state: "active", retiredAt: null }]);
    const next = await call("rotateKeys", 200, { token });
    expect(next.body).toMatchObject({ state: "prepared", algorithm: "EdDSA" });
    expect((await call("rotateKeys", 200, { token })).body).toEqual(next.body);
    await call("revokeKey", 204, { token, path: { id: next.body.kid } });
    expect((await call("revokeKey", 404, { token, path: { id: next.body.kid } })).body.code).toBe("key_not_found");
    const plain = (await login("plain")).accessToken;
    await call("listKeys", 403, { token: plain });
    await call("rotateKeys", 403, { token: plain });
    await call("revokeKey", 403, { token: plain, path: { id: next.body.kid } });
    await call("listKeys", 401);
  });

  test("keys, document, page and health are for everybody", async () => {
    const keys = await call("getPublicKeys", 200);
    expect(keys.headers.get("cache-control")).toBe("public, max-age=300");
    expect((await call("getOpenApi", 200)).body.servers).toEqual([{ url: "/api" }]);
    expect((await call("getHealth", 200)).body).toEqual({ status: "ok" });
    await call("getHealth", 400, { query: "?verbose=1" });
    for (const [operation, address] of [
      ["getDocs", "/api/docs"],
      ["getDocsAsset", "/api/docs/swagger-ui.css"],
    ] as const) {
      expect((await fetch(site.url + address)).status).toBe(200);
      client.driven.add(operation);
    }
  });

  test("every route of the table was driven", () => {
    const routes = musterRoutes({ beside: docsRoutes() }).routes.map((route) => route.operationId);
    expect([...client.driven].sort()).toEqual([...routes].sort());
    expect(client.operationIds.length).toBe(routes.length - docsRoutes().length);
  });

  test("a closed instance answers 503 and when to come back", async () => {
    await site.muster.close();
    const down = await call("getHealth", 503);
    expect(down.body.code).toBe("closed");
    expect(down.headers.get("retry-after")).toBe("1");
  });
});
