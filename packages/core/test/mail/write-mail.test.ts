import fc from "fast-check";
import { expect, it } from "vitest";
import { englishMails, type MailTexts } from "../../src/mail/mail-texts.ts";
import { type MailValues, writeMail } from "../../src/mail/write-mail.ts";
import type { MailKind } from "../../src/ports/mailer.ts";

const kinds = Object.keys(englishMails) as readonly MailKind[];
const values: MailValues = {
  product: "App",
  name: "Jane",
  address: "jane@x.example",
  seconds: 3_600,
  link: "https://app.example/reset-password#token=mst_rst_x",
};
const german: MailTexts = {
  ...englishMails,
  password_reset: {
    subject: "Neues Passwort für {product}",
    before: ["Hallo {name},"],
    link: "Neues Passwort wählen",
    after: ["Der Link gilt {duration}."],
  },
};
const languages = { en: englishMails, de: german };

it.each(kinds)("the mail '%s' says the same in text and HTML, with every gap filled", (kind) => {
  const { subject, text, html } = writeMail(languages, kind, null, values);
  expect(subject).toContain("App");
  expect(text).toContain(values.link);
  expect(html).toContain(`href="${values.link}"`);
  expect(`${subject}${text}${html}`).not.toMatch(/\{|\}|undefined/);
  const words = (source: string): string => source.replace(/<[^>]*>|&#39;|'/g, " ").replace(/\s+/g, " ");
  for (const line of text.split("\n\n").filter((part) => !part.includes("https://"))) {
    expect(words(html)).toContain(words(line).trim());
  }
});

it("whatever a user or product is called, it is text in the HTML and one line in the subject", () => {
  const any = fc.string({ unit: "grapheme" });
  const hostile = fc.oneof(
    any,
    fc.constantFrom('"><script>alert(1)</script>', "a\r\nBcc: b@x.example", "{link}", "$&"),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kinds), hostile, hostile, (kind, name, product) => {
      const { subject, html } = writeMail(languages, kind, "en", { ...values, name, product });
      expect(subject).not.toMatch(/[\r\n]/);
      const tags = html.match(/<[^>]*>/g) ?? [];
      const plain = writeMail(languages, kind, "en", values).html.match(/<[^>]*>/g) ?? [];
      expect(tags).toEqual(plain);
    }),
  );
});

it.each([
  ["de", "de", "Der Link gilt 1 Stunde."],
  ["de-AT", "de", "Der Link gilt 1 Stunde."],
  ["DE", "de", "Der Link gilt 1 Stunde."],
  ["fr", "en", "for 1 hour"],
  [null, "en", "for 1 hour"],
])("a reader of %s gets the mail in '%s'", (reader, locale, sentence) => {
  const mail = writeMail(languages, "password_reset", reader, values);
  expect(mail.locale).toBe(locale);
  expect(mail.text).toContain(sentence);
  expect(mail.html).toContain(`<html lang="${locale}">`);
});

it.each([
  [60, "1 minute"],
  [5_400, "90 minutes"],
  [86_400, "1 day"],
  [259_200, "3 days"],
  [61, "61 seconds"],
])("a link that works for %i seconds is said to work for %s", (seconds, words) => {
  expect(writeMail(languages, "password_reset", "en", { ...values, seconds }).text).toContain(`for ${words}.`);
});
