import { musterRoutes } from "@muster/http";
import { Router } from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docsRoutes } from "../src/docs.ts";
import { musterRouter } from "../src/index.ts";
import { openSite, type Site } from "./site.ts";

const notInstalled = (): never => {
  throw new Error("Cannot find module");
};

let site: Site;

beforeAll(async () => {
  site = await openSite((app, muster) => {
    app.use("/deep/down", Router().use("/api", musterRouter(muster)));
    app.use("/silent", musterRouter(muster, { docs: false }));
    app.use("/bare", musterRouter(muster, { docs: false, beside: docsRoutes(notInstalled) }));
    app.use(musterRouter(muster));
  });
});

afterAll(() => site.close());

test.each(["/deep/down/api/docs", "/docs"])("the page at %s loads everything from beside itself", async (path) => {
  const answer = await fetch(site.url + path);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const page = await answer.text();
  const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = ""]) => address);
  expect(addresses.length).toBe(4);
  for (const address of addresses) {
    const asset = await fetch(new URL(address, site.url + path));
    expect([address, asset.status, asset.headers.get("x-content-type-options")]).toEqual([address, 200, "nosniff"]);
    expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50);
  }
  const script = await (await fetch(new URL("docs/start.js", site.url + path))).text();
  const document = /url: "([^"]+)"/.exec(script)?.[1] ?? "";
  expect((await fetch(new URL(document, site.url + path))).headers.get("content-type")).toContain("application/json");
});

test("the page's policy allows no inline script and no other server", async () => {
  const answer = await fetch(`${site.url}/docs`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  expect(await answer.text()).not.toMatch(/<script>|<script [^>]*>[^<]|https?:\/\/|\son\w+=|style=/);
});

test("no other file of the package, or beside it, is served", async () => {
  for (const file of [
    "package.json",
    "index.html",
    "..%2Fpackage.json",
    "%2e%2e%2fpackage.json",
    "__proto__",
    "toString",
  ])
    expect([file, (await fetch(`${site.url}/docs/${file}`)).status]).toEqual([file, 404]);
});

test("without the page there is nothing at its path", async () => {
  expect((await fetch(`${site.url}/silent/docs`)).status).toBe(404);
});

test("without the package the page says what to install", async () => {
  const answer = await fetch(`${site.url}/bare/docs`);
  expect(answer.status).toBe(404);
  expect((await answer.json()) as object).toMatchObject({
    code: "docs_not_installed",
    detail: expect.stringContaining("swagger-ui-dist"),
  });
  expect((await fetch(`${site.url}/bare/docs/swagger-ui.css`)).status).toBe(404);
});

test("the page is not part of the document", () => {
  const described = musterRoutes({ beside: docsRoutes() }).routes.filter((route) => route.tag !== undefined);
  expect(described.some((route) => route.path.startsWith("/docs"))).toBe(false);
});
