import type { ErrorRequestHandler } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { musterRouter, requireUser } from "../src/index.ts";
import { json, openSite, type Site, tokenOf } from "./site.ts";

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

test("a token of another tenant is refused", async () => {
  const token = await tokenOf(site.muster, "admin");
  expect((await fetch(`${site.url}/acme`, { headers: json(token) })).status).toBe(401);
});

test("an error of the host's own goes to the host's error handler", async () => {
  const answer = await fetch(`${site.url}/broken`, { headers: json("x") });
  expect([answer.status, await answer.text()]).toEqual([599, "the host's own"]);
});
