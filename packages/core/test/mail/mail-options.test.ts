import { describe, expect, it } from "vitest";
import { InvalidConfiguration, type MailOptions, type MusterOptions } from "../../src/index.ts";
import { mailSettings } from "../../src/mail/mail-options.ts";
import { englishMails } from "../../src/mail/mail-texts.ts";
import { mailbox } from "../../src/testing/index.ts";
import { anInstance, refusal } from "../instance.ts";

const origin = "https://app.example";
const ports = { mailer: mailbox() };

describe("the links of mails", () => {
  it("lead to the configured origin, the token behind a hash", () => {
    const { link, product } = mailSettings({ origin });
    expect(link("password_reset", "default", "t")).toBe("https://app.example/reset-password#token=t");
    expect(link("email_verification", "default", "t")).toBe("https://app.example/confirm-email#token=t");
    expect(link("email_change", "default", "t")).toBe("https://app.example/confirm-email#token=t");
    expect(link("email_undo", "default", "t")).toBe("https://app.example/undo-email-change#token=t");
    expect(product).toBe("app.example");
  });

  it("may lead to pages of the host's own, one for each tenant", () => {
    const { link } = mailSettings({
      origin: "http://localhost:3000/",
      paths: { resetPassword: "/{tenant}/new?t={token}" },
    });
    expect(link("password_reset", "acme", "a b")).toBe("http://localhost:3000/acme/new?t=a%20b");
  });

  it.each([
    "",
    "app.example",
    "ftp://app.example",
    "https://app.example/app",
    "https://u:p@app.example",
    "javascript:alert(1)",
  ])("never lead to %j, which is no origin", (broken) =>
    expect(() => mailSettings({ origin: broken })).toThrow(InvalidConfiguration),
  );

  it.each(["reset#{token}", "//evil.example/{token}", "/\\evil.example/{token}", "/reset", "/a b{token}"])(
    "never lead to %j, which is no path with a token",
    (resetPassword) => expect(() => mailSettings({ origin, paths: { resetPassword } })).toThrow(InvalidConfiguration),
  );
});

describe("an instance is refused at start when", () => {
  const refused: readonly (readonly [why: string, options: Partial<MusterOptions>, sentence: string])[] = [
    ["it has a mailer and no origin for links (CVE-2025-70948)", { ports }, "needs the option 'mail'"],
    ["it knows where links lead and has no mailer", { mail: { origin } }, "needs a mailer"],
    [
      "a language lacks a message",
      { ports, mail: { origin, languages: { de: {} } } as never as MailOptions },
      "complete",
    ],
    ["a language has no language's name", { ports, mail: { origin, languages: { "d e": englishMails } } }, "BCP 47"],
    ["a link lives for no time", { recovery: { passwordResetSeconds: 0 } }, "passwordResetSeconds"],
    [
      "an address is to be proven and no mail can be sent",
      { recovery: { ownEmailChange: "proven" } },
      "ownEmailChange",
    ],
  ];
  it.each(refused)("%s", async (_, options, sentence) => {
    const error = await refusal(
      anInstance(options.mail === undefined || "origin" in options.mail ? options : { ports, ...options }),
    );
    expect(error._tag).toBe("InvalidConfiguration");
    expect(error.message).toContain(sentence);
  });
});
