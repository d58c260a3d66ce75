import type { Mail, MailKind } from "../ports/mailer.ts";
import type { MailText, MailTexts } from "./mail-texts.ts";

/** What the messages of one mail are filled with. */
export interface MailValues {
  readonly product: string;
  readonly name: string;
  readonly address: string;
  /** For how long the link works. */
  readonly seconds?: number;
  readonly link?: string;
}

/** Messages by BCP 47 tag; `en` is always there. */
export type MailLanguages = { readonly [locale: string]: MailTexts };

/** What a mail says, in text and HTML, in the language of the reader or the nearest one there is. */
export const writeMail = (
  languages: MailLanguages,
  kind: MailKind,
  reader: string | null,
  values: MailValues,
): Pick<Mail, "subject" | "text" | "html" | "locale"> => {
  const locale = nearest(Object.keys(languages), reader);
  const message = languages[locale]?.[kind];
  if (message === undefined) throw new Error(`There is no message '${kind}' in '${locale}'.`);
  const fill = (text: string): string => filled(text, values, locale);
  return {
    locale,
    // A header is one line, whatever the product or the user is called.
    subject: fill(message.subject).replace(/\s+/g, " ").trim(),
    text: textOf(message, fill, values.link),
    html: htmlOf(message, fill, values.link, locale),
  };
};

/** Truncates the tag step by step (RFC 4647 §3.4): `pt-BR` is read as `pt` where there is no more. */
const nearest = (known: readonly string[], reader: string | null): string => {
  const steps = (reader ?? "en").toLowerCase().split("-");
  while (steps.length > 0) {
    const found = known.find((tag) => tag.toLowerCase() === steps.join("-"));
    if (found !== undefined) return found;
    steps.pop();
  }
  return "en";
};

const filled = (text: string, values: MailValues, locale: string): string =>
  text.replace(/\{(product|name|address|duration)\}/g, (_, name: "product" | "name" | "address" | "duration") =>
    name === "duration" ? durationIn(locale, values.seconds ?? 0) : values[name],
  );

const units = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** In the largest unit that comes out even: 86,400 is a day, 5,400 are 90 minutes. */
const durationIn = (locale: string, seconds: number): string => {
  const [unit, size] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? ["second", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(seconds / size);
};

const textOf = (message: MailText, fill: (text: string) => string, link: string | undefined): string =>
  [
    ...message.before.map(fill),
    ...(link === undefined ? [] : [`${message.link === undefined ? "" : `${fill(message.link)}:\n`}${link}`]),
    ...message.after.map(fill),
  ]
    .join("\n\n")
    .concat("\n");

const htmlOf = (
  message: MailText,
  fill: (text: string) => string,
  link: string | undefined,
  locale: string,
): string => {
  const paragraphs = (texts: readonly string[]): string =>
    texts.map((text) => `<p>${escaped(fill(text))}</p>\n`).join("");
  const button =
    link === undefined ? "" : `<p><a href="${escaped(link)}">${escaped(fill(message.link ?? link))}</a></p>\n`;
  return `<!doctype html>
<html lang="${escaped(locale)}">
<head><meta charset="utf-8"><title>${escaped(fill(message.subject))}</title></head>
<body>
${paragraphs(message.before)}${button}${paragraphs(message.after)}</body>
</html>
`;
};

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Safe in the text and in the quoted attributes of HTML. */
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
