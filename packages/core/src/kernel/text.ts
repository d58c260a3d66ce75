import { domainToASCII } from "node:url";

/**
 * Text forms: the one place where equality of names, usernames and emails is decided.
 *
 * What was typed is kept for display; what is compared, sorted and kept unique is one of these forms, computed here
 * and compared byte by byte in every store, so that no database's collation or case table has a say.
 */

const ascii = /^[\x20-\x7e]*$/;

/** Unicode case folding without context: `ß` is `ss`, final sigma is sigma, dotless `ı` stays itself. */
const foldCase = (text: string): string => {
  let folded = "";
  for (const character of text) folded += character === "ı" ? character : character.toUpperCase().toLowerCase();
  return folded;
};

/**
 * The form in which names and usernames are compared, sorted and searched: NFKC, case-folded, NFKC again.
 *
 * Idempotent. Kelvin sign is `k`, full-width letters are plain ones, `İ` is `i` with a dot above (not `i`).
 */
export const comparable = (text: string): string => {
  if (ascii.test(text)) return text.toLowerCase();
  let form = text;
  for (let round = 0; round < 4; round++) {
    const next = foldCase(form.normalize("NFKC")).normalize("NFKC");
    if (next === form) break;
    form = next;
  }
  return form;
};

/** Whether a text may reach a store: no U+0000 (PostgreSQL refuses it) and no lone surrogate (SQLite mangles it). */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");

/** Whether a text holds a control, format, private or other character that a reader cannot see. */
export const hasInvisible = (text: string): boolean =>
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(text);

/** Local part: dot-separated atoms of RFC 5322 `atext`, letters and digits of any script (RFC 6531) included. */
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u;
/** Only what a domain may be typed in: `domainToASCII` parses a URL's host, takes `x%2etest` and stops at `/`. */
const typedDomain = /^[\p{L}\p{M}\p{N}.-]+$/u;
/** What most addresses look like, and nothing that the rules below would change or refuse: checked in a tenth of the time. */
const plainAddress = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]{1,63}\.)+[a-z]{2,63}$/;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * The form under which an email is unique: NFC, domain by IDNA in ASCII, both parts lower-cased.
 *
 * Answers `undefined` when the text is no address we accept: one `@`, local part of at most 64 bytes without quotes or
 * comments, domain of at least two labels of at most 63 characters and no IP literal, at most 254 characters in all
 * (RFC 5321 §4.5.3.1, RFC 3696 erratum 1690), no invisible character. An address that NFKC would change (full-width
 * `＠`, ligatures, long s) is refused, since another system might normalise it into somebody else's; a Kelvin sign is
 * a `K` already in NFC. Dots and plus tags are never folded: `j.oe@x` and `joe@x` are two people.
 */
export const canonicalEmail = (typed: string): string | undefined => {
  const lower = typed.toLowerCase();
  if (plainAddress.test(lower) && ascii.test(typed) && lower.length <= 254 && lower.indexOf("@") <= 64) return lower;
  if (typed.length > 254 || !isStorable(typed) || hasInvisible(typed)) return undefined;
  const text = typed.normalize("NFC");
  const at = text.indexOf("@");
  if (at < 1 || at !== text.lastIndexOf("@")) return undefined;
  const local = text.slice(0, at).toLowerCase();
  const domain = text.slice(at + 1);
  if (text !== text.normalize("NFKC") || local !== local.normalize("NFKC")) return undefined;
  if (!localPart.test(local) || Buffer.byteLength(local) > 64) return undefined;
  if (!typedDomain.test(domain)) return undefined;
  const asciiDomain = domainToASCII(domain).toLowerCase();
  const labels = asciiDomain.split(".");
  if (labels.length < 2 || !labels.every((label) => domainLabel.test(label))) return undefined;
  if (/^\d+$/.test(labels.at(-1) ?? "")) return undefined;
  const canonical = `${local}@${asciiDomain}`;
  return canonical.length > 254 ? undefined : canonical;
};

/**
 * The form under which a username is unique. A username that is an email, or whose comparable form is one, has the
 * email's form, so that nobody holds somebody's email under another spelling.
 */
export const canonicalUsername = (typed: string): string => {
  const form = comparable(typed);
  return form.includes("@") ? (canonicalEmail(typed) ?? canonicalEmail(form) ?? form) : form;
};

/** Orders texts by code point, the order of UTF-8 bytes: SQLite's BINARY and PostgreSQL's "C". */
export const compareCodePoints = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
};

/** UTF-16 puts characters beyond U+FFFF (surrogates) before U+E000…U+FFFF; UTF-8 does not. */
const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
