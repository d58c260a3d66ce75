import { InvalidConfiguration } from "../errors.ts";
import type { MailedPurpose } from "../ports/one-time-token-store.ts";
import { englishMails, type MailTexts } from "./mail-texts.ts";
import type { MailLanguages } from "./write-mail.ts";

/** What mails say and where their links lead. */
export interface MailOptions {
  /**
   * Where the links of mails lead, e.g. `https://app.example`: scheme, host and port, nothing else. Never taken from a
   * request: a forged `Host` header would send the link, token and all, to a stranger.
   */
  readonly origin: string;
  /**
   * Pages below the origin, for the links of the mails. `{token}` stands for the token and `{tenant}` for the tenant. A
   * token behind `#` stays out of server logs and `Referer` headers (OWASP ASVS 5.0 14.2.1).
   */
  readonly paths?: MailPaths;
  /** What the product is called in mails; the host name of the origin unless given. */
  readonly productName?: string;
  /** Messages by BCP 47 tag, beside or in place of the English ones. A user's `locale` chooses. */
  readonly languages?: { readonly [locale: string]: MailTexts };
}

/** Page by what its link is for. */
export interface MailPaths {
  /** `/reset-password#token={token}` unless given. */
  readonly resetPassword?: string;
  /** `/confirm-email#token={token}` unless given. */
  readonly confirmEmail?: string;
  /** `/undo-email-change#token={token}` unless given. */
  readonly undoEmailChange?: string;
  /** `/accept-invitation#token={token}` unless given. */
  readonly acceptInvitation?: string;
}

/** {@link MailOptions}, decided. */
export interface MailSettings {
  readonly product: string;
  readonly languages: MailLanguages;
  readonly link: (purpose: MailedPurpose, tenant: string, token: string) => string;
}

/** Checks the options and fills in the defaults. Throws InvalidConfiguration. */
export const mailSettings = (options: MailOptions): MailSettings => {
  const origin = originOf(options.origin);
  const { resetPassword, confirmEmail, undoEmailChange, acceptInvitation } = options.paths ?? {};
  const confirm = checkedPath("confirmEmail", confirmEmail ?? "/confirm-email#token={token}");
  const paths: Readonly<Record<MailedPurpose, string>> = {
    password_reset: checkedPath("resetPassword", resetPassword ?? "/reset-password#token={token}"),
    email_verification: confirm,
    email_change: confirm,
    email_undo: checkedPath("undoEmailChange", undoEmailChange ?? "/undo-email-change#token={token}"),
    invitation: checkedPath("acceptInvitation", acceptInvitation ?? "/accept-invitation#token={token}"),
  };
  return {
    product: options.productName ?? origin.hostname,
    languages: { en: englishMails, ...checkedLanguages(options.languages ?? {}) },
    link: (purpose, tenant, token) =>
      origin.origin +
      paths[purpose]
        .replaceAll("{tenant}", encodeURIComponent(tenant))
        .replaceAll("{token}", encodeURIComponent(token)),
  };
};

const originOf = (text: unknown): URL => {
  const url = typeof text === "string" && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || `${url.origin}` !== String(text).replace(/\/$/, "")) {
    throw broken("mail.origin", "an http or https origin like https://app.example, without path and query");
  }
  return url;
};

const checkedPath = (name: keyof MailPaths, path: unknown): string => {
  if (typeof path === "string" && /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && path.includes("{token}")) return path;
  throw broken(`mail.paths.${name}`, "a path that begins with one slash and holds {token}");
};

const checkedLanguages = (languages: { readonly [locale: string]: MailTexts }): MailLanguages => {
  for (const [tag, texts] of Object.entries(languages)) {
    const isTag = canBeTag(tag);
    const missing = Object.keys(englishMails).filter((kind) => !Object.hasOwn(texts, kind));
    if (!isTag) throw broken(`mail.languages.${tag}`, "named by a BCP 47 language tag");
    if (missing.length > 0) throw broken(`mail.languages.${tag}`, `complete: ${missing.join(", ")} is missing`);
  }
  return languages;
};

const canBeTag = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};

const broken = (option: string, rule: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The option '${option}' must be ${rule}.` });
