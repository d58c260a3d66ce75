import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { smtpServer } from "../../../packages/mailer-nodemailer/test/smtp.ts";
import { type Quickstart, startQuickstart } from "./quickstart-process.ts";

let folder: string;
let quickstart: Quickstart;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "muster-quickstart-"));
});

afterEach(async () => {
  quickstart.child.kill("SIGKILL");
  await quickstart.ended;
  rmSync(folder, { recursive: true, force: true });
});

const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

const followed = async (address: string, link: string): Promise<void> => {
  expect(link.startsWith(`${address}/reset-password#token=`)).toBe(true);
  const page = await fetch(link);
  expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  const [, route = ""] = /fetch\("([^"]+)"/.exec(await page.text()) ?? [];
  const token = new URLSearchParams(new URL(link).hash.slice(1)).get("token");
  const password = "a fresh long sentence";
  expect((await post(address + route, { token, password })).status).toBe(204);
  expect((await post(`${address}/api/sessions`, { login: "admin", password })).status).toBe(201);
};

const links = (text: string): string | undefined => /http:\S+#token=\S+/.exec(text)?.[0];

test("a mail is printed, and its link leads to a page that resets the password", async () => {
  quickstart = startQuickstart(folder);
  const address = await quickstart.address;
  expect((await post(`${address}/api/password-resets`, { login: "admin" })).status).toBe(202);
  await expect.poll(() => links(quickstart.printed().out), { timeout: 5_000 }).toBeDefined();
  await followed(address, links(quickstart.printed().out) ?? "");
});

test("with MUSTER_SMTP_URL mails are sent there instead, whatever Host a request names", async () => {
  const server = await smtpServer();
  try {
    quickstart = startQuickstart(folder, { MUSTER_SMTP_URL: server.url, MUSTER_MAIL_FROM: "no-reply@here.example" });
    const address = await quickstart.address;
    const headers = {
      "content-type": "application/json",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
    };
    const body = JSON.stringify({ login: "admin@example.com" });
    expect((await fetch(`${address}/api/password-resets`, { method: "POST", headers, body })).status).toBe(202);
    await expect.poll(() => server.mails.length, { timeout: 5_000 }).toBe(1);
    const [mail] = server.mails;
    expect(mail?.to).toEqual(["admin@example.com"]);
    expect(mail?.text).not.toContain("evil.example");
    expect(quickstart.printed().out).not.toContain("#token=");
    await followed(address, links(mail?.text ?? "") ?? "");
  } finally {
    await server.close();
  }
});

test("the pages behind the links of mails send the token on only when somebody presses the button", async () => {
  quickstart = startQuickstart(folder);
  const address = await quickstart.address;
  for (const page of ["/reset-password", "/confirm-email", "/undo-email-change"]) {
    const text = await (await fetch(address + page)).text();
    expect(text).toContain('addEventListener("submit"');
    expect(text).toContain('<meta name="referrer" content="no-referrer">');
  }
});
