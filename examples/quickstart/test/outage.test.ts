import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { postgresStore } from "@muster/store-postgres";
import * as Effect from "effect/Effect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lookThrough } from "../../../packages/store-kysely/test/invariants/scene.ts";
import { startServer, type TestServer } from "../../../packages/store-postgres/test/server/server.ts";
import { startQuickstart } from "./quickstart-process.ts";

const folder = mkdtempSync(path.join(tmpdir(), "muster-outage-"));
let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(async () => {
  await server.end();
  rmSync(folder, { recursive: true, force: true });
});

const password = "a long enough sentence";
const json = { "content-type": "application/json" };

test("PostgreSQL stopped at once under load: 503 with Retry-After, nothing acknowledged is lost, service resumes", async () => {
  const database = server.urlOf("postgres");
  const quickstart = startQuickstart(folder, { MUSTER_DATABASE: database, MUSTER_ADMIN_PASSWORD: password });
  try {
    const api = `${await quickstart.address}/api`;
    const login = await fetch(`${api}/sessions`, {
      method: "POST",
      headers: json,
      body: JSON.stringify({ login: "admin", password }),
    });
    const { accessToken } = (await login.json()) as { accessToken: string };
    const headers = { ...json, authorization: `Bearer ${accessToken}` };

    /** The version of each user that the last answer about it told of. */
    const acknowledged = new Map<string, number>();
    const refusals = new Set<string>();
    let [isOver, served] = [false, 0];

    const send = async (way: string, method = "GET", body?: object): Promise<boolean> => {
      const answer = await fetch(`${api}${way}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
      const told = (await answer.json()) as { readonly id: string; readonly version: number; readonly code?: string };
      if (answer.ok) {
        if (told.id !== undefined) acknowledged.set(told.id, told.version);
        served += 1;
        return true;
      }
      refusals.add(
        `${answer.status} ${told.code}, Retry-After ${/^[1-9]\d*$/.test(answer.headers.get("retry-after") ?? "")}`,
      );
      return false;
    };

    const work = async (worker: number): Promise<void> => {
      for (let number = 0; !isOver; number++) {
        const id = `user-${worker}-${number}`;
        const isDone =
          (await send("/users", "POST", { id, username: id, tags: ["load"] })) &&
          (await send(`/users/${id}`, "PATCH", { firstName: "Jane" })) &&
          (await send(`/users/${id}`)) &&
          (await send("/users?tag=load&limit=5"));
        if (!isDone) await wait(20);
      }
    };

    const outages = async (): Promise<void> => {
      for (let round = 0; round < 2; round++) {
        await wait(300);
        await server.crash();
        await wait(200);
        expect((await fetch(`${api}/health`)).status).toBe(503);
        await server.start();
        const before = served;
        for (let patience = 0; served < before + 30 && patience < 200; patience++) await wait(50);
        expect(served).toBeGreaterThanOrEqual(before + 30);
      }
    };
    const load = Array.from({ length: 8 }, (_, worker) => work(worker));
    await outages().finally(() => {
      isOver = true;
    });
    await Promise.all(load);

    expect([...refusals]).toEqual(["503 store_unavailable, Retry-After true"]);
    expect(acknowledged.size).toBeGreaterThan(20);
    for (const [id, version] of acknowledged) {
      const found = (await (await fetch(`${api}/users/${id}`, { headers })).json()) as { readonly version: number };
      expect(found.version, id).toBeGreaterThanOrEqual(version);
    }
    expect(quickstart.child.exitCode).toBeNull();
  } finally {
    quickstart.child.kill("SIGTERM");
  }
  expect(await quickstart.ended).toBe(0);
  const broken = await Effect.runPromise(
    Effect.scoped(Effect.flatMap(postgresStore({ connectionString: database }).open, lookThrough)),
  );
  expect(broken).toEqual([]);
});
