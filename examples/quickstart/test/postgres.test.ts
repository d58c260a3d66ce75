import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryDatabase } from "../../../packages/store-postgres/test/postgres.ts";
import { startQuickstart } from "./quickstart-process.ts";

const folder = mkdtempSync(path.join(tmpdir(), "muster-quickstart-"));
const database = await temporaryDatabase();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const password = "a long enough sentence";

test("with MUSTER_DATABASE=postgres://… everything is kept there: users outlive the app", async () => {
  const withUser = new URL(database);
  withUser.password = "secret";
  const environment = { MUSTER_DATABASE: withUser.href, MUSTER_ADMIN_PASSWORD: password };
  for (const start of ["first", "second"] as const) {
    const quickstart = startQuickstart(folder, environment);
    try {
      const address = await quickstart.address;
      const session = await fetch(`${address}/api/sessions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ login: "admin", password }),
      });
      const { accessToken } = (await session.json()) as { accessToken: string };
      const authorization = `Bearer ${accessToken}`;
      if (start === "first") {
        const body = JSON.stringify({ username: "jane", tags: ["blue"], metadata: { team: "blue" } });
        const headers = { authorization, "content-type": "application/json" };
        expect((await fetch(`${address}/api/users`, { method: "POST", headers, body })).status).toBe(201);
      }
      const found = await fetch(`${address}/api/users?search=jane&tag=blue`, { headers: { authorization } });
      expect(await found.json()).toMatchObject({ users: [{ username: "jane", metadata: { team: "blue" } }] });
      expect((await fetch(`${address}/api/health`)).status).toBe(200);
    } finally {
      quickstart.child.kill("SIGTERM");
    }
    expect(await quickstart.ended).toBe(0);
    const { out, err } = quickstart.printed();
    expect(err).toBe("");
    expect(out).toContain(`PostgreSQL, ${withUser.host}${withUser.pathname}`);
    expect(out).not.toContain("secret");
  }
  expect(readdirSync(folder)).toEqual([]);
});

test("a server that is not there is one sentence and exit code 1", async () => {
  const quickstart = startQuickstart(folder, { MUSTER_DATABASE: "postgres://127.0.0.1:1/users" });
  expect(await quickstart.ended).toBe(1);
  expect(quickstart.printed().err).toBe("The database is not available: it cannot be reached.\n");
});
