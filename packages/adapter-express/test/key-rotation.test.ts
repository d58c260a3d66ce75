import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createMuster, type MusterOptions } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { describe, expect, onTestFinished, test } from "vitest";
import { postgresStore } from "../../store-postgres/src/index.ts";
import { temporaryDatabase } from "../../store-postgres/test/postgres.ts";
import { json, password } from "./site.ts";

const postgres = await temporaryDatabase();

const newFile = (): string => {
  const folder = mkdtempSync(path.join(tmpdir(), "muster-keys-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, "users.db");
};

const databases = [
  { name: "SQLite", open: newFile },
  { name: "PostgreSQL", open: () => postgres },
];

const clients = 8;

const people = Array.from({ length: clients }, (_, number) => `person-${number}`);

const fill = async (database: string): Promise<void> => {
  const store = database.startsWith("postgres") ? postgresStore({ connectionString: database }) : sqliteStore(database);
  const muster = await createMuster({ store: store as MusterOptions["store"], issuer: "https://app.example" });
  await muster.users.create({ username: "admin", role: "admin", password });
  for (const username of people) await muster.users.create({ username, password });
  await muster.close();
};

const start = async (database: string): Promise<string> => {
  const child: ChildProcess = fork(path.join(import.meta.dirname, "processes/rotating.ts"), [database], {
    execArgv: ["--conditions=muster-source"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => {
    child.disconnect();
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.once("message", (answer: number) => resolve(answer));
    child.once("exit", (code) => reject(new Error(`A process ended with ${code}.`)));
  });
  return `http://127.0.0.1:${port}/api`;
};

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

const call = async <Body>(url: string, init: RequestInit, expected: number): Promise<Body> => {
  const response = await fetch(url, init);
  const text = await response.text();
  if (response.status !== expected) throw new Error(`${init.method} ${url}: ${response.status} ${text}`);
  return JSON.parse(text || "null");
};

const post = <Body>(url: string, body: object, token?: string) =>
  call<Body>(url, { method: "POST", headers: json(token), body: JSON.stringify(body) }, 200);

const login = (site: string, name: string): Promise<Tokens> =>
  call(`${site}/sessions`, { method: "POST", headers: json(), body: JSON.stringify({ login: name, password }) }, 201);

describe.each(databases)("keys that two processes on $name rotate at once", ({ open }) => {
  test("cost none of eight clients, who log in, refresh and show tokens, a request", async () => {
    const database = open();
    await fill(database);
    const [one = "", other = ""] = await Promise.all([start(database), start(database)]);
    // A service that knows nothing but the address of the keys, and asks for them at most five times a second.
    const keys = createRemoteJWKSet(new URL(`${other}/.well-known/jwks.json`), { cooldownDuration: 200 });
    const kids = new Set<string>();
    let isOver = false;
    let requests = 0;

    const show = async (site: string, { accessToken }: Tokens) => {
      await call(`${site}/users/me`, { method: "GET", headers: json(accessToken) }, 200);
      await jwtVerify(accessToken, keys, {
        issuer: "https://app.example",
        audience: "https://app.example",
        typ: "at+jwt",
      });
      kids.add(decodeProtectedHeader(accessToken).kid ?? "");
      requests += 1;
    };
    const client = async (name: string): Promise<void> => {
      while (!isOver) {
        const first = await login(one, name);
        await show(other, first);
        const second = await post<Tokens>(`${other}/sessions/refresh`, { refreshToken: first.refreshToken });
        await show(one, second);
        await show(other, first);
      }
    };
    const rotate = async (): Promise<void> => {
      const { accessToken } = await login(one, "admin");
      for (let round = 0; round < 3; round++) {
        const both = [one, other].map((site) => post<{ kid: string }>(`${site}/keys/rotate`, {}, accessToken));
        expect(new Set((await Promise.all(both)).map(({ kid }) => kid)).size).toBe(1);
        await wait(1_300);
      }
      const listed = await call<{ keys: readonly { state: string }[] }>(
        `${other}/keys`,
        { method: "GET", headers: json(accessToken) },
        200,
      );
      expect(listed.keys.map(({ state }) => state)).toEqual(["retired", "retired", "retired", "active"]);
    };

    const working = Promise.all(people.map(client));
    const rotating = rotate().finally(() => {
      isOver = true;
    });
    await Promise.all([working, rotating]);
    expect(kids.size).toBe(4);
    expect(requests).toBeGreaterThan(100);
  });
});
