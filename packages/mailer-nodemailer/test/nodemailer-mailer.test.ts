import type { Mail } from "@muster/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodemailerMailer } from "../src/index.ts";
import { smtpServer, type TestServer } from "./smtp.ts";

let server: TestServer;
beforeEach(async () => {
  server = await smtpServer();
});
afterEach(() => server.close());

const from = "App <no-reply@app.example>";
const mail: Mail = {
  id: "0192f0c1-0000-7000-8000-000000000001",
  kind: "password_reset",
  tenant: "default",
  to: "jane@x.example",
  subject: "Reset your password für App",
  text: "Choose a new password:\nhttps://app.example/reset-password#token=mst_rst_x\n",
  html: '<p><a href="https://app.example/reset-password#token=mst_rst_x">Choose a new password</a></p>',
  locale: "en",
};
const failure = (promise: Promise<unknown>): Promise<Error & { permanent?: boolean }> =>
  promise.then(
    () => Promise.reject(new Error("It was sent.")),
    (error: Error) => error,
  );

describe("a mail", () => {
  it("reaches the server with both texts, from the sender to the one recipient", async () => {
    await nodemailerMailer({ transport: server.url, from }).send(mail);
    const [received] = server.mails;
    expect(received?.to).toEqual(["jane@x.example"]);
    expect(received?.source).toMatch(/^From: App <no-reply@app.example>$/m);
    expect(received?.source).toMatch(/^Message-ID: <0192f0c1-0000-7000-8000-000000000001.default@app.example>$/m);
    expect(received?.source).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(received?.text).toContain(mail.text.trim().split("\n")[1]);
    expect(received?.text).toContain(mail.html);
  });

  it("has the same Message-ID each time it is sent", async () => {
    const mailer = nodemailerMailer({ transport: server.url, from });
    await mailer.send(mail);
    await mailer.send(mail);
    const ids = server.mails.map(({ source }) => /^Message-ID: .*$/m.exec(source)?.[0]);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(2);
  });

  it.each(["jane@x.example, mallory@y.example", "Jane <jane@x.example>", "jane@x.example\r\nBcc: mallory@y.example"])(
    "goes to nobody but the one address, written as %j",
    async (to) => {
      await nodemailerMailer({ transport: server.url, from })
        .send({ ...mail, to })
        .catch(() => undefined);
      expect(
        server.mails
          .flatMap((received) => received.to)
          .filter((address) => address.includes("mallory@y.example") && !address.includes("jane")),
      ).toEqual([]);
      expect(server.mails.length).toBeLessThanOrEqual(1);
      expect(server.mails.map(({ source }) => source).join("")).not.toMatch(/^Bcc:/im);
    },
  );

  it("is not to be tried again when the server refuses the recipient for good", async () => {
    server.refuse({ code: 550, text: "no such mailbox for jane@x.example" });
    const error = await failure(nodemailerMailer({ transport: server.url, from }).send(mail));
    expect(error.permanent).toBe(true);
    expect(error.message).not.toContain("jane");
  });

  it.each([
    ["refuses the recipient for now", async () => server.refuse({ code: 451, text: "greylisted" })],
    [
      "asks for credentials it then refuses",
      async () => server.refuse({ code: 535, text: "5.7.8 authentication failed" }, "MAIL FROM"),
    ],
    ["is down", () => server.close()],
  ])("is to be tried again when the server %s", async (_, happens) => {
    await happens();
    const error = await failure(nodemailerMailer({ transport: server.url, from }).send(mail));
    expect(error.permanent).toBeUndefined();
  });
});
