import { createMuster, type Muster, memoryStore } from "@muster/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchHandler } from "../src/index.ts";

const password = "plum-violet-anchor-93";
let muster: Muster;
let handler: (request: Request) => Promise<Response>;

const call = (method: string, path: string, init: RequestInit = {}): Promise<Response> =>
  handler(new Request(`https://app.example${path}`, { method, ...init }));
const json = { "Content-Type": "application/json" };

beforeAll(async () => {
  muster = await createMuster({ store: memoryStore(), issuer: "https://app.example" });
  await muster.users.create({ username: "jane", password });
  handler = fetchHandler(muster, { basePath: "/auth/", bodyLimitBytes: 500, clientAddress: () => "192.0.2.7" });
});

afterAll(() => muster.close());

test("a login and a profile work without any framework", async () => {
  const body = JSON.stringify({ login: "jane", password });
  const login = await call("POST", "/auth/sessions", { headers: json, body });
  expect(login.status).toBe(201);
  const { accessToken, sessionId } = (await login.json()) as { accessToken: string; sessionId: string };
  expect(login.headers.get("location")).toBe(`/auth/sessions/${sessionId}`);
  const headers = { Authorization: `Bearer ${accessToken}` };
  const profile = (await (await call("GET", "/auth/users/me", { headers })).json()) as { username: string };
  expect(profile.username).toBe("jane");
  const listed = (await (await call("GET", "/auth/sessions", { headers })).json()) as {
    sessions: { client: object }[];
  };
  expect(listed.sessions[0]?.client).toEqual({ address: "192.0.2.7" });
  const out = await call("DELETE", "/auth/sessions/current", { headers });
  expect([out.status, await out.text()]).toEqual([204, ""]);
});

test("paths beside the base path are not answered as routes", async () => {
  for (const path of ["/health", "/authority/health", "/auth", "/auth/health/", "/other/auth/health"])
    expect([path, (await call("GET", path)).status]).toEqual([path, 404]);
  expect((await call("GET", "/auth/health")).status).toBe(200);
});

test("HEAD, OPTIONS and wrong methods are answered", async () => {
  const head = await call("HEAD", "/auth/health");
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "15", ""]);
  expect((await call("OPTIONS", "/auth/health")).headers.get("allow")).toBe("GET, HEAD, OPTIONS");
  expect((await call("PUT", "/auth/health")).status).toBe(405);
});

test("bodies obey limit, type and form", async () => {
  const status = async (body: string | null, headers: Record<string, string> = json): Promise<number> =>
    (await call("POST", "/auth/sessions", { headers, body })).status;
  expect(await status("x".repeat(501))).toBe(413);
  expect(await status(null)).toBe(400);
  expect(await status("{")).toBe(400);
  expect(await status("{}", { "Content-Type": "text/plain" })).toBe(415);
  expect(await status("{}", { ...json, "Content-Encoding": "br" })).toBe(415);
  expect(await status('{"login":"jane"}')).toBe(400);
});

test("what the host's own choice of tenant throws is a 500 that tells nothing", async () => {
  const heard: unknown[] = [];
  const broken = fetchHandler(muster, {
    tenant: () => {
      throw new Error("secret");
    },
    onUnexpectedError: (error) => {
      heard.push(error);
      throw new Error("the listener's own");
    },
  });
  const answer = await broken(new Request("https://app.example/health"));
  expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringContaining("secret")]);
  expect(heard).toEqual([new Error("secret")]);
});
