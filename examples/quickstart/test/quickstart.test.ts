import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Quickstart, startQuickstart } from "./quickstart-process.ts";

let folder: string;
let running: Quickstart[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "muster-quickstart-"));
  running = [];
});

afterEach(async () => {
  for (const quickstart of running) quickstart.child.kill("SIGKILL");
  await Promise.all(running.map((quickstart) => quickstart.ended));
  rmSync(folder, { recursive: true, force: true });
});

const start = (environment?: NodeJS.ProcessEnv): Quickstart => {
  const quickstart = startQuickstart(folder, environment);
  running.push(quickstart);
  return quickstart;
};

const stop = async (quickstart: Quickstart): Promise<unknown> => {
  quickstart.child.kill("SIGTERM");
  return quickstart.ended;
};

const login = (address: string, password: string, name = "admin"): Promise<Response> =>
  fetch(`${address}/api/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ login: name, password }),
  });

const printedPassword = (quickstart: Quickstart): string | undefined =>
  /shown only this once: (\S+)/.exec(quickstart.printed().out)?.[1];

test("the first start prints the admin's password once and it logs in; the second start does not print it", async () => {
  const first = start();
  const address = await first.address;
  const password = printedPassword(first) ?? "";
  expect(password).toMatch(/^[\w-]{24}$/);
  expect(first.printed().out.split(password)).toHaveLength(2);
  expect((await login(address, password)).status).toBe(201);
  expect((await login(address, password, "admin@example.com")).status).toBe(201);
  expect(existsSync(path.join(folder, "muster.db"))).toBe(true);
  expect(await stop(first)).toBe(0);
  expect(first.printed().err).toBe("");

  const second = start();
  const again = await second.address;
  expect(second.printed().out).not.toContain(password);
  expect(printedPassword(second)).toBeUndefined();
  expect((await login(again, password)).status).toBe(201);
  expect(await stop(second)).toBe(0);
});

test("two first starts at the same moment make one admin between them", async () => {
  const both = [start(), start()];
  const addresses = await Promise.all(both.map((quickstart) => quickstart.address));
  const passwords = both.map(printedPassword).filter((password) => password !== undefined);
  expect(passwords).toHaveLength(1);
  for (const address of addresses) expect((await login(address, passwords[0] ?? "")).status).toBe(201);
});

test("MUSTER_ADMIN_PASSWORD becomes the admin's password and is printed nowhere", async () => {
  const password = "a long enough sentence";
  const quickstart = start({ MUSTER_ADMIN_PASSWORD: password });
  expect((await login(await quickstart.address, password)).status).toBe(201);
  expect(quickstart.printed().out).not.toContain(password);
});

test("the app's own page, the API, its document and its docs stand side by side", async () => {
  const address = await start().address;
  const forPrograms = await fetch(address);
  expect(await forPrograms.json()).toMatchObject({ api: "/api", openapi: "/api/openapi.json", docs: "/api/docs" });
  const forBrowsers = await fetch(address, { headers: { accept: "text/html,*/*;q=0.8" } });
  expect(await forBrowsers.text()).toContain('<a href="/api/docs">');
  expect(await (await fetch(`${address}/api/openapi.json`)).json()).toMatchObject({
    openapi: expect.stringMatching(/^3\.1/),
  });
  const docs = await fetch(`${address}/api/docs`);
  expect([docs.status, docs.headers.get("content-type")]).toEqual([200, expect.stringContaining("text/html")]);
  expect((await fetch(`${address}/api/health`)).status).toBe(200);
});

const answer = async (socket: Socket): Promise<string> => {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
};

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s lets a request in flight finish and ends with exit code 0",
  async (signal) => {
    const quickstart = start({ MUSTER_ADMIN_PASSWORD: "a long enough sentence" });
    const address = new URL(await quickstart.address);
    const body = JSON.stringify({ login: "admin", password: "a long enough sentence" });
    const socket = connect(Number(address.port), address.hostname);
    socket.write(`POST /api/sessions HTTP/1.1\r\nhost: ${address.host}\r\ncontent-type: application/json\r\n`);
    socket.write(`content-length: ${body.length}\r\n\r\n${body.slice(0, 5)}`);
    await wait(200);
    quickstart.child.kill(signal);
    quickstart.child.kill(signal);
    await wait(300);
    await expect(fetch(address)).rejects.toThrow();
    socket.write(body.slice(5));
    expect(await answer(socket)).toMatch(/^HTTP\/1\.1 201 /);
    expect(await quickstart.ended).toBe(0);
    expect(quickstart.printed().err).toBe("");
  },
);

/** Checks that a start failed with one sentence and no stack; answers the sentence. */
const failure = async (quickstart: Quickstart): Promise<string> => {
  expect(await quickstart.ended).toBe(1);
  const { out, err } = quickstart.printed();
  expect(out).toBe("");
  expect(err.trim().split("\n")).toHaveLength(1);
  return err.trim();
};

test("a taken port is one sentence and exit code 1, and the next start prints the password", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => other.once("listening", resolve));
  const { port } = other.address() as AddressInfo;
  expect(await failure(start({ PORT: String(port) }))).toBe(`Port ${port} is taken: set PORT to another one.`);
  other.close();
  const next = start();
  await next.address;
  expect(printedPassword(next)).toBeDefined();
});

test("a port that is none is one sentence and exit code 1", async () => {
  expect(await failure(start({ PORT: "http" }))).toBe("PORT must be a whole number from 0 to 65535.");
});

test("a host that is not this machine is one sentence and exit code 1", async () => {
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has an address in it.
  expect(await failure(start({ HOST: "192.0.2.1" }))).toBe("HOST is not an address of this machine (EADDRNOTAVAIL).");
});

test("a password that breaks the rules is one sentence and exit code 1, and the next start makes the admin", async () => {
  expect(await failure(start({ MUSTER_ADMIN_PASSWORD: "short" }))).toMatch(/^MUSTER_ADMIN_PASSWORD will not do: /);
  const next = start();
  await next.address;
  expect(printedPassword(next)).toBeDefined();
});

test("a folder that is not there is one sentence and exit code 1", async () => {
  const sentence = await failure(start({ MUSTER_DATABASE: path.join(folder, "nowhere", "users.db") }));
  expect(sentence).toMatch(/database/i);
});

test("a folder that cannot be written to is one sentence and exit code 1", async () => {
  // Permissions do not stop the superuser, a folder in the file's place does.
  const place = path.join(folder, "users.db");
  mkdirSync(process.getuid?.() === 0 ? place : folder, { recursive: true });
  if (process.getuid?.() !== 0) chmodSync(folder, 0o555);
  const sentence = await failure(start({ MUSTER_DATABASE: place }));
  chmodSync(folder, 0o755);
  expect(sentence).toMatch(/database/i);
});

test("a database of a newer schema is one sentence and exit code 1", async () => {
  const first = start();
  await first.address;
  expect(await stop(first)).toBe(0);
  const database = new DatabaseSync(path.join(folder, "muster.db"));
  database.exec(`insert into muster_migrations (version, name, checksum, fingerprint, applied_at)
    select max(version) + 1, 'later', '', '', 0 from muster_migrations`);
  database.close();
  expect(await failure(start())).toMatch(/^The database has schema version \d+, this version of Muster knows /);
});

test("with MUSTER_SECRET the keys in the database are encrypted, and it does not start without it", async () => {
  const environment = { MUSTER_ADMIN_PASSWORD: "a long enough sentence", MUSTER_SECRET: "a secret out of some vault" };
  for (const secret of [environment.MUSTER_SECRET, `the next secret out of it,${environment.MUSTER_SECRET}`]) {
    const quickstart = start({ ...environment, MUSTER_SECRET: secret });
    await quickstart.address;
    quickstart.child.kill("SIGTERM");
    expect(await quickstart.ended).toBe(0);
    expect(quickstart.printed().out).not.toContain(environment.MUSTER_SECRET);
  }
  const sentence = await failure(start({ MUSTER_SECRET: environment.MUSTER_SECRET }));
  expect(sentence).toContain("must name the one they are encrypted under");
  expect(sentence).not.toContain(environment.MUSTER_SECRET);
});
