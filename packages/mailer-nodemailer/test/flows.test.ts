import { mkdtempSync, rmSync } from "node:fs";
import { request, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { musterRouter } from "@muster/adapter-express";
import { createMuster, type Muster, type StoreModule } from "@muster/core";
import { postgresStore } from "@muster/store-postgres";
import { sqliteStore } from "@muster/store-sqlite";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anyDatabase, temporarySchemas } from "../../store-postgres/test/postgres.ts";
import { nodemailerMailer } from "../src/index.ts";
import { smtpServer, type TestServer } from "./smtp.ts";

const newSchema = temporarySchemas(anyDatabase);
const origin = "https://app.example";
const password = "plum-violet-anchor-93";
const otherPassword = "orchid-lantern-4471";

const stores: readonly (readonly [string, (folder: string) => Promise<StoreModule<never>>])[] = [
  ["SQLite", async (folder) => sqliteStore(path.join(folder, "users.db")) as StoreModule<never>],
  [
    "PostgreSQL",
    async () => postgresStore({ connectionString: await anyDatabase(), schema: newSchema() }) as StoreModule<never>,
  ],
];

interface Answer {
  readonly status: number;
  readonly body: { readonly [name: string]: unknown };
}

describe.each(stores)("over HTTP, kept in %s, with mails by SMTP", (_, open) => {
  let folder: string;
  let mails: TestServer;
  let muster: Muster;
  let server: Server;
  let address: string;
  let read = 0;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "muster-flows-"));
    mails = await smtpServer();
    muster = await createMuster({
      store: await open(folder),
      issuer: origin,
      mail: { origin },
      ports: { mailer: nodemailerMailer({ transport: mails.url, from: "App <no-reply@app.example>" }) },
      recovery: { mailIntervalSeconds: 0 },
      hashing: { threads: 2 },
    });
    const app = express().use("/api", musterRouter(muster, { registration: true }));
    server = await new Promise<Server>((resolve) => {
      const listening = app.listen(0, "127.0.0.1", () => resolve(listening));
    });
    const bound = server.address();
    if (typeof bound !== "object" || bound === null) throw new Error("not listening");
    address = `http://127.0.0.1:${bound.port}/api`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await muster.close();
    await mails.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (method: string, route: string, body?: object, token?: string): Promise<Answer> => {
    const response = await fetch(address + route, {
      method,
      headers: {
        "content-type": "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
  };
  const post = (route: string, body: object, token?: string): Promise<Answer> => call("POST", route, body, token);
  const login = async (name: string, secret = password): Promise<string> => {
    const { status, body } = await post("/sessions", { login: name, password: secret });
    return status === 201 ? String(body.accessToken) : `refused with ${status}`;
  };

  /** The token in the next mail to an address whose link leads to a page. */
  const mailed = async (to: string, page: string): Promise<string> => {
    const link = new RegExp(`${origin}/${page}#token=(\\S+)`);
    const find = () =>
      mails.mails.findIndex((mail, index) => index >= read && mail.to.includes(to) && link.test(mail.text));
    await expect.poll(find, { timeout: 10_000 }).toBeGreaterThanOrEqual(0);
    const at = find();
    read = at + 1;
    return link.exec(mails.mails[at]?.text ?? "")?.[1]?.replace(/".*$/, "") ?? "";
  };

  const tally = async (calls: readonly Promise<Answer>[]): Promise<Readonly<Record<string, number>>> => {
    const counts: Record<string, number> = {};
    for (const { status, body } of await Promise.all(calls)) {
      const outcome = body.code === undefined ? String(status) : `${status} ${body.code}`;
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  };
  const fifty = <A>(make: (caller: number) => A): readonly A[] =>
    Array.from({ length: 50 }, (_, caller) => make(caller));

  it("somebody signs up and proves the address; of fifty who follow the link at once one does", async () => {
    const signedUp = await post("/users", { username: "jane", email: "jane@x.example", password });
    expect(signedUp.status).toBe(201);
    const token = await mailed("jane@x.example", "confirm-email");
    const session = await login("jane");
    expect(await tally(fifty(() => post("/email-confirmations", { token }, session)))).toEqual({
      "200": 1,
      "400 invalid_one_time_token": 49,
    });
    const profile = await call("GET", "/users/me", undefined, session);
    expect(profile.body.emailVerifiedAt).not.toBeNull();
  });

  it("a forgotten password is reset; of fifty who follow the link at once one does", async () => {
    const session = await login("jane");
    const [known, unknown] = [
      await post("/password-resets", { login: "JANE@x.example" }),
      await post("/password-resets", { login: "nobody@x.example" }),
    ];
    expect(unknown).toEqual(known);
    expect(known).toEqual({ status: 202, body: {} });
    const token = await mailed("jane@x.example", "reset-password");
    const outcomes = await tally(fifty(() => post("/password-resets/confirm", { token, password: otherPassword })));
    expect(outcomes["204"]).toBe(1);
    expect(
      Object.keys(outcomes).filter((it) => !["204", "400 invalid_one_time_token", "503 too_busy"].includes(it)),
    ).toEqual([]);
    expect(await login("jane")).toBe("refused with 401");
    expect((await call("GET", "/users/me", undefined, session)).status).toBe(401);
    expect(await login("jane", otherPassword)).toMatch(/^ey/);
  });

  it("an address is changed, and the old one takes the change back; of fifty at once one does, each time", async () => {
    const session = await login("jane", otherPassword);
    expect((await call("PUT", "/users/me/email", { email: "new@y.example" }, session)).status).toBe(403);
    const wanted = { email: "new@y.example", password: otherPassword };
    expect((await post("/users/me/email-change", wanted, session)).status).toBe(202);
    const token = await mailed("new@y.example", "confirm-email");
    expect(await tally(fifty(() => post("/email-confirmations", { token }, session)))).toEqual({
      "200": 1,
      "400 invalid_one_time_token": 49,
    });
    const undo = await mailed("jane@x.example", "undo-email-change");
    expect(await login("new@y.example", otherPassword)).toMatch(/^ey/);
    expect(await tally(fifty(() => post("/email-change-undos", { token: undo })))).toEqual({
      "204": 1,
      "400 invalid_one_time_token": 49,
    });
    expect(await login("jane", otherPassword)).toBe("refused with 401");
    const reset = await mailed("jane@x.example", "reset-password");
    expect((await post("/password-resets/confirm", { token: reset, password })).status).toBe(204);
    expect(await login("jane@x.example")).toMatch(/^ey/);
  });

  it("an address somebody registered for its owner is proven by the owner, whom alone it lets in from then on", async () => {
    await post("/users", { username: "mallory", email: "victim@x.example", password });
    const attacker = await login("mallory");
    const token = await mailed("victim@x.example", "confirm-email");
    const confirmed = await post("/email-confirmations", { token });
    expect(confirmed.body).toMatchObject({ email: "victim@x.example", passwordCleared: true });
    expect(await login("mallory")).toBe("refused with 401");
    expect((await call("GET", "/users/me", undefined, attacker)).status).toBe(401);
    const reset = await mailed("victim@x.example", "reset-password");
    expect((await post("/password-resets/confirm", { token: reset, password: otherPassword })).status).toBe(204);
    expect(await login("victim@x.example", otherPassword)).toMatch(/^ey/);
  });

  it("somebody is invited; of fifty who accept at once one does, and racing an admin who takes it back either wins", async () => {
    await muster.users.create({ username: "boss", email: "boss@x.example", firstName: "Bo", role: "admin", password });
    const boss = await login("boss");
    const invite = async (email: string): Promise<string> => {
      expect((await post("/users", { email, invite: true }, boss)).status).toBe(201);
      return mailed(email, "accept-invitation");
    };
    const token = await invite("guest@x.example");
    const preview = await post("/invitation-previews", { token });
    expect(preview.body).toMatchObject({ inviterName: "Bo", email: "guest@x.example" });
    const accept = (secret: string, name: string) =>
      post("/invitation-acceptances", { token: secret, password: `${otherPassword} ${name}`, firstName: name });
    expect(await tally(fifty((caller) => accept(token, String(caller))))).toEqual({
      "200": 1,
      "400 invalid_one_time_token": 49,
    });
    const found = await call("GET", "/users?email=guest%40x.example", undefined, boss);
    const [guest] = found.body.users as readonly { readonly firstName: string; readonly status: string }[];
    expect(guest?.status).toBe("enabled");
    expect(await login("guest@x.example", `${otherPassword} ${guest?.firstName}`)).toMatch(/^ey/);

    const raced = await invite("raced@x.example");
    const pending = await call("GET", "/invitations?state=pending", undefined, boss);
    const [{ id } = { id: "" }] = pending.body.invitations as readonly { readonly id: string }[];
    const racing = await tally([
      ...Array.from({ length: 10 }, (_, caller) => accept(raced, String(caller))),
      post(`/invitations/${id}/revoke`, {}, boss),
    ]);
    const { state } = (await call("GET", `/invitations/${id}`, undefined, boss)).body;
    expect(racing).toEqual(
      state === "accepted"
        ? { "200": 1, "400 invalid_one_time_token": 9, "409 invitation_closed": 1 }
        : { "200": 1, "400 invalid_one_time_token": 10 },
    );
  });

  it("a temporary password opens nothing but its own change; of five who change it at once one does", async () => {
    const boss = await login("boss");
    const made = await post("/users", { username: "temp", email: "temp@x.example", emailVerified: true }, boss);
    const id = String(made.body.id);
    await call("PUT", `/users/${id}/password`, { password, temporary: true }, boss);
    const session = await post("/sessions", { login: "temp", password });
    expect(session.body.requiredActions).toEqual(["UPDATE_PASSWORD"]);
    const token = String(session.body.accessToken);
    const refused = await call("GET", "/users", undefined, token);
    expect(refused).toMatchObject({ status: 403, body: { code: "action_required" } });
    const change = () =>
      call("PUT", "/users/me/password", { oldPassword: password, newPassword: otherPassword }, token);
    const changed = await tally(Array.from({ length: 5 }, change));
    expect(changed["204"]).toBe(1);
    expect((await call("GET", "/users", undefined, await login("temp", otherPassword))).status).toBe(200);
  });

  it("a Host header of somebody's choosing is in no link (CVE-2025-70948)", async () => {
    const headers = { host: "evil.example", "x-forwarded-host": "evil.example", "content-type": "application/json" };
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${address}/password-resets`, { method: "POST", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on("error", reject);
      sent.end(JSON.stringify({ login: "jane" }));
    });
    expect(status).toBe(202);
    expect(await mailed("jane@x.example", "reset-password")).toMatch(/^mst_rst_/);
    expect(mails.mails.map(({ source }) => source).join("")).not.toContain("evil.example");
  });
});
