import { createMuster, memoryStore } from "@muster/core";
import type { ErrorRequestHandler } from "express";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { musterRouter, requireUser } from "../src/index.ts";
import { json, openSite, password, type Site, tokenOf } from "./site.ts";

let site: Site;

beforeAll(async () => {
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(599).send(String(error instanceof Error ? error.message : error));
  };
  site = await openSite((app, muster) => {
    app.use("/api", musterRouter(muster));
    app.get("/mine", requireUser(muster), async (request, response) => {
      const user = request.user;
      if (user === undefined) throw new Error("no user");
      response.json({ role: user.role, name: (await muster.as(user).users.profile()).username });
    });
    app.get("/terms", requireUser(muster, { restricted: true }), (_request, response) => {
      response.send("in");
    });
    app.get("/recent", requireUser(muster, { maxAgeSeconds: 60 }), (_request, response) => {
      response.send("in");
    });
    app.get("/guarded", requireUser(muster, { maxAgeSeconds: 60, amr: ["mfa"] }), (_request, response) => {
      response.send("in");
    });
    app.get("/acme", requireUser(muster, { tenant: () => "acme" }), (_request, response) => {
      response.send("in");
    });
    app.get(
      "/broken",
      requireUser(muster, {
        tenant: () => {
          throw new Error("the host's own");
        },
      }),
    );
    app.use(onError);
  });
});

afterAll(() => site.close());

test("a route of the host knows who calls", async () => {
  const answer = await fetch(`${site.url}/mine`, { headers: json(await tokenOf(site.muster, "admin")) });
  expect(await answer.json()).toEqual({ role: "admin", name: "admin" });
});

test("the scheme may be written in any case", async () => {
  const headers = { Authorization: `bEARER ${await tokenOf(site.muster, "admin")}` };
  expect((await fetch(`${site.url}/mine`, { headers })).status).toBe(200);
});

test("without a token the caller is told to log in", async () => {
  const answer = await fetch(`${site.url}/mine`);
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  expect((await answer.json()) as object).toMatchObject({ code: "unauthenticated", title: "Unauthenticated" });
});

test.each(["Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "Bearer %E0%A4%A", "bearer t", "Token x", ""])(
  "an authorization of %j is refused as 401",
  async (value) => {
    const answer = await fetch(`${site.url}/mine`, { headers: { Authorization: value } });
    expect([value, answer.status]).toEqual([value, 401]);
    expect(((await answer.json()) as { code: string }).code).toMatch(/^(invalid_token|unauthenticated)$/);
  },
);

test("a token is refused as soon as its session has ended", async () => {
  const token = await tokenOf(site.muster, "admin");
  expect((await fetch(`${site.url}/mine`, { headers: json(token) })).status).toBe(200);
  await fetch(`${site.url}/api/sessions/current`, { method: "DELETE", headers: json(token) });
  const answer = await fetch(`${site.url}/mine`, { headers: json(token) });
  expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer error="invalid_token"']);
});

test("a token of a login long ago is refused where a recent proof is demanded, and taken after a step-up", async () => {
  let now = Date.now() - 120_000;
  const muster = await createMuster({
    store: memoryStore(),
    issuer: "https://app.example",
    ports: { clock: { now: () => now } },
  });
  onTestFinished(() => muster.close());
  await muster.users.create({ username: "jane", password });
  const token = await tokenOf(muster, "jane");
  const own = await openSite((app) => {
    app.get("/terms", requireUser(muster, { restricted: true }), (_request, response) => {
      response.send("in");
    });
    app.get("/recent", requireUser(muster, { maxAgeSeconds: 60 }), (_request, response) => {
      response.send("in");
    });
  });
  onTestFinished(own.close);
  now += 120_000;
  const refused = await fetch(`${own.url}/recent`, { headers: json(token) });
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
    401,
    'Bearer error="insufficient_user_authentication", error_description="Prove again who you are.", max_age="60"',
  ]);
  expect(await refused.json()).toMatchObject({ code: "insufficient_authentication", maxAgeSeconds: 60, methods: [] });
  const caller = muster.as(await muster.sessions.authenticate(token));
  const { accessToken } = await caller.sessions.stepUp({ password });
  expect((await fetch(`${own.url}/recent`, { headers: json(accessToken) })).status).toBe(200);
});

test("a token by one factor is refused where two are demanded", async () => {
  const token = await tokenOf(site.muster, "admin");
  expect((await fetch(`${site.url}/recent`, { headers: json(token) })).status).toBe(200);
  const refused = await fetch(`${site.url}/guarded`, { headers: json(token) });
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: "insufficient_authentication", methods: ["mfa"] });
});

test("a token of another tenant is refused", async () => {
  const token = await tokenOf(site.muster, "admin");
  expect((await fetch(`${site.url}/acme`, { headers: json(token) })).status).toBe(401);
});

test("an error of the host's own goes to the host's error handler", async () => {
  const answer = await fetch(`${site.url}/broken`, { headers: json("x") });
  expect([answer.status, await answer.text()]).toEqual([599, "the host's own"]);
});

test("who has to do something first is let through where that is said, and nowhere else", async () => {
  const { id } = await site.muster.users.create({ username: "newcomer", password, requiredActions: ["ACCEPT_TERMS"] });
  const headers = json(await tokenOf(site.muster, "newcomer"));
  const refused = await fetch(`${site.url}/mine`, { headers });
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "action_required", requiredActions: ["ACCEPT_TERMS"] });
  expect((await fetch(`${site.url}/terms`, { headers })).status).toBe(200);
  await site.muster.users.setRequiredActions(id, []);
  expect((await fetch(`${site.url}/mine`, { headers })).status).toBe(200);
});
