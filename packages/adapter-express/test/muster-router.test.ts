import { request as httpRequest } from "node:http";
import express, { type ErrorRequestHandler, Router } from "express";
import { describe, expect, test } from "vitest";
import { musterRouter } from "../src/index.ts";
import { json, type openSite, password, site, tokenOf } from "./site.ts";

const loginBody = JSON.stringify({ login: "admin", password });

describe("mounted", () => {
  const mounts: readonly (readonly [name: string, base: string, build: Parameters<typeof openSite>[0]])[] = [
    ["at a path", "/api", (app, muster) => app.use("/api", musterRouter(muster))],
    ["at the root", "", (app, muster) => app.use(musterRouter(muster))],
    [
      "in a router in a router",
      "/v1/auth",
      (app, muster) => {
        app.use("/v1", Router().use("/auth", musterRouter(muster)));
      },
    ],
    ["below a parameter", "/t/blue/api", (app, muster) => app.use("/t/:team/api", musterRouter(muster))],
    ["after express.json()", "/api", (app, muster) => app.use(express.json()).use("/api", musterRouter(muster))],
    [
      "after express.raw()",
      "/api",
      (app, muster) => {
        app.use(express.raw({ type: "*/*" })).use("/api", musterRouter(muster));
      },
    ],
    [
      "after express.text()",
      "/api",
      (app, muster) => {
        app.use(express.text({ type: "*/*" })).use("/api", musterRouter(muster));
      },
    ],
  ];

  test.each(mounts)("%s it logs in, creates, lists and describes itself", async (_name, base, build) => {
    const { url } = await site(build);
    const login = await fetch(`${url}${base}/sessions`, { method: "POST", headers: json(), body: loginBody });
    expect(login.status).toBe(201);
    const { accessToken, sessionId } = (await login.json()) as { accessToken: string; sessionId: string };
    expect(login.headers.get("location")).toBe(`${base}/sessions/${sessionId}`);
    const created = await fetch(`${url}${base}/users`, {
      method: "POST",
      headers: json(accessToken),
      body: '{"username":"jané"}',
    });
    const { id } = (await created.json()) as { id: string };
    expect(created.headers.get("location")).toBe(`${base}/users/${id}`);
    const page = await fetch(`${url}${base}/users?limit=1`, { headers: json(accessToken) });
    expect(page.headers.get("link")).toContain(`<${base}/users?limit=1&cursor=`);
    const document = (await (await fetch(`${url}${base}/openapi.json`)).json()) as { servers: unknown };
    expect(document.servers).toEqual([{ url: base === "" ? "/" : base }]);
    const bad = await fetch(`${url}${base}/sessions`, { method: "POST", headers: json() });
    expect(bad.status).toBe(400);
  });

  test("at the root, with fallthrough, it leaves the host its other routes", async () => {
    const { url } = await site((app, muster) => {
      app.use(musterRouter(muster, { fallthrough: true }));
      app.get("/hello", (_request, response) => response.send("hello"));
    });
    expect(await (await fetch(`${url}/hello`)).text()).toBe("hello");
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/health`, { method: "PUT" })).status).toBe(405);
  });

  test("without fallthrough it answers every path below its mount", async () => {
    const { url } = await site((app, muster) => {
      app.use("/api", musterRouter(muster));
      app.get("/api/hello", (_request, response) => response.send("hello"));
    });
    const missed = await fetch(`${url}/api/hello`);
    expect([missed.status, missed.headers.get("content-type")]).toEqual([
      404,
      "application/problem+json; charset=utf-8",
    ]);
    expect((await missed.json()) as object).toMatchObject({ code: "route_not_found", status: 404 });
  });
});

test("spellings a host's guard would miss are no routes", async () => {
  const { url } = await site();
  for (const path of ["/api/Health", "/api/health/", "/api/%68ealth", "/api//health", "/api/", "/api"])
    expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
});

test("a wrong method is answered 405 with the right ones", async () => {
  const { url } = await site();
  for (const [method, path, allow] of [
    ["DELETE", "/api/users", "GET, HEAD, OPTIONS, POST"],
    ["DELETE", "/api/users/count", "GET, HEAD, OPTIONS"],
    ["PUT", "/api/users/me", "DELETE, GET, HEAD, OPTIONS, PATCH"],
    ["GET", "/api/users/x/enable", "OPTIONS, POST"],
    ["PROPFIND", "/api/health", "GET, HEAD, OPTIONS"],
  ] as const) {
    const answer = await fetch(url + path, { method });
    expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, allow]);
  }
});

test("OPTIONS tells the methods, HEAD answers as GET without a body", async () => {
  const { url } = await site();
  const options = await fetch(`${url}/api/users/count`, { method: "OPTIONS" });
  expect([options.status, options.headers.get("allow")]).toEqual([204, "GET, HEAD, OPTIONS"]);
  expect((await fetch(`${url}/api/nothing`, { method: "OPTIONS" })).status).toBe(404);
  const get = await fetch(`${url}/api/health`);
  const head = await fetch(`${url}/api/health`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("content-length")).toBe(String((await get.text()).length));
  expect(await head.text()).toBe("");
  expect((await fetch(`${url}/api/users`, { method: "HEAD" })).status).toBe(401);
  expect((await fetch(`${url}/api/sessions/refresh`, { method: "HEAD" })).status).toBe(405);
});

test("registration without a token is off unless asked for, and gives no rights", async () => {
  const closed = await site();
  const register = (url: string, body: object, token?: string): Promise<Response> =>
    fetch(`${url}/api/users`, { method: "POST", headers: json(token), body: JSON.stringify(body) });
  expect((await register(closed.url, { username: "eve", password })).status).toBe(401);
  const { url, muster } = await site((app, instance) =>
    app.use("/api", musterRouter(instance, { registration: true })),
  );
  const made = await register(url, { username: "eve", password });
  expect(made.status).toBe(201);
  expect((await made.json()) as object).toMatchObject({ username: "eve", role: "user" });
  for (const extra of [
    { role: "admin" },
    { status: "enabled" },
    { id: "x" },
    { ownerId: "x" },
    { privateMetadata: {} },
    { passwordHash: "$2b$10$x" },
  ])
    expect((await register(url, { username: "mallory", ...extra })).status).toBe(403);
  const byAdmin = await register(url, { username: "joe", passwordHash: "$2b$10$x" }, await tokenOf(muster, "admin"));
  expect(byAdmin.status).toBe(403);
  expect((await register(url, { username: "mallory" }, "forged")).status).toBe(401);
  expect((await register(url, { username: "zoe" }, await tokenOf(muster, "admin"))).status).toBe(201);
});

test("tenants chosen by the host are apart, and their tokens do not cross", async () => {
  const { url, muster } = await site((app, instance) => {
    app.use("/api", musterRouter(instance, { tenant: (request) => request.get("X-Tenant") }));
  });
  await muster.tenant("acme").users.create({ username: "admin", role: "admin", password });
  const login = async (tenant: Record<string, string>): Promise<string> => {
    const answer = await fetch(`${url}/api/sessions`, {
      method: "POST",
      headers: { ...json(), ...tenant },
      body: loginBody,
    });
    return ((await answer.json()) as { accessToken: string }).accessToken;
  };
  const acme = await login({ "X-Tenant": "acme" });
  const plain = await login({});
  const status = async (token: string, tenant: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/api/users/me`, { headers: { ...json(token), ...tenant } })).status;
  expect(await status(acme, { "X-Tenant": "acme" })).toBe(200);
  expect(await status(plain, {})).toBe(200);
  expect(await status(acme, {})).toBe(401);
  expect(await status(plain, { "X-Tenant": "acme" })).toBe(401);
  expect(await status(plain, { "X-Tenant": "No such name!" })).toBe(400);
});

test("tokens in the query are not looked at, and refused as unknown parameters", async () => {
  const { url, muster } = await site();
  const token = await tokenOf(muster, "admin");
  expect((await fetch(`${url}/api/users/me?access_token=${token}`)).status).toBe(401);
  expect((await fetch(`${url}/api/users/me?access_token=${token}`, { headers: json(token) })).status).toBe(400);
});

test("what nobody foresaw is a 500 that tells nothing, and the host hears of it", async () => {
  const heard: unknown[] = [];
  const { url } = await site((app, muster) => {
    const options = { onUnexpectedError: (error: unknown) => heard.push(error) };
    const tenant = (): string => {
      throw new Error("secret detail");
    };
    app.use("/thrown", musterRouter(muster, { ...options, tenant }));
    app.use("/eaten", (request, _response, next) => {
      request.resume().on("end", next);
    });
    app.use("/eaten", musterRouter(muster, options));
  });
  for (const path of ["/thrown/sessions", "/eaten/sessions"]) {
    const answer = await fetch(url + path, { method: "POST", headers: json(), body: loginBody });
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      type: "urn:muster:problems#internal_error",
      title: "Internal error",
      status: 500,
      code: "internal_error",
    });
  }
  expect(heard.map((error) => (error instanceof Error ? error.message : error))).toEqual([
    "secret detail",
    "The body was read before Muster's router saw it, and nothing of it was left in req.body.",
  ]);
});

test("problems point to the host's own page when it has one", async () => {
  const { url } = await site((app, muster) => {
    app.use("/api", musterRouter(muster, { problemDocs: "https://app.example/errors" }));
  });
  const answer = (await (await fetch(`${url}/api/nothing`)).json()) as { type: string };
  expect(answer.type).toBe("https://app.example/errors#route_not_found");
});

test("a second answer is never sent where the host was faster", async () => {
  const failures: unknown[] = [];
  const { url } = await site((app, muster) => {
    app.use((_request, response, next) => {
      response.end("host");
      next();
    });
    app.use("/api", musterRouter(muster));
    const hear: ErrorRequestHandler = (error, _request, _response, _next) => failures.push(error);
    app.use(hear);
  });
  expect(await (await fetch(`${url}/api/nothing`)).text()).toBe("host");
  expect(await (await fetch(`${url}/api/health`)).text()).toBe("host");
  expect(failures).toEqual([]);
});

test("nothing of ours names the software, and every answer says how it may be kept", async () => {
  const { url, muster } = await site((app, instance) =>
    app.disable("x-powered-by").use("/api", musterRouter(instance)),
  );
  const token = await tokenOf(muster, "admin");
  for (const path of ["/api/users/me", "/api/users", "/api/health", "/api/nothing", "/api/audit"]) {
    const answer = await fetch(url + path, { headers: json(token) });
    expect([path, answer.headers.get("cache-control")]).toEqual([path, "no-store"]);
    expect([...answer.headers.keys()].filter((name) => /powered|server/.test(name))).toEqual([]);
  }
});

test("a request in absolute form is answered by its path", async () => {
  const { url } = await site();
  const status = await new Promise<number | undefined>((resolve, reject) => {
    httpRequest({ port: new URL(url).port, host: "127.0.0.1", path: "http://evil.test/api/health" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on("error", reject)
      .end();
  });
  expect(status).toBe(200);
});
