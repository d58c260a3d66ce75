import { comparable } from "../kernel/text.ts";
import type { PasswordOwner } from "./new-password.ts";

/** Words of fewer characters are in too many good passwords by chance. */
const shortestWord = 4;

const notLetters = /[^\p{L}\p{M}]+/gu;
const notLettersAtEnds = /^[^\p{L}\p{M}]+|[^\p{L}\p{M}]+$/gu;
const separators = /[^\p{L}\p{M}\p{N}]+/u;

/** A text as it is, without what is no letter at its ends, and without what is no letter anywhere. */
const formsOf = (text: string): readonly string[] => {
  const form = comparable(text);
  return [form, form.replace(notLettersAtEnds, ""), form.replace(notLetters, "")];
};

/** Forms of texts and of the words in them that are long enough to matter. */
const wordForms = (texts: readonly (string | null)[]): ReadonlySet<string> =>
  new Set(
    texts
      .flatMap((text) => (text === null ? [] : [text, ...text.split(separators)]))
      .flatMap(formsOf)
      .filter((form) => [...form].length >= shortestWord),
  );

/** A domain's labels and an address's local part are words of their own: every step of an address is split off. */
const textsOf = (owner: PasswordOwner): readonly (string | null)[] => [
  owner.username,
  owner.email,
  ...(owner.email?.split("@") ?? []),
  ...(owner.username?.split("@") ?? []),
  owner.firstName,
  owner.lastName,
  owner.displayName,
  `${owner.firstName ?? ""}${owner.lastName ?? ""}`,
  `${owner.lastName ?? ""}${owner.firstName ?? ""}`,
];

/**
 * Makes the test whether a password is a word of its setting and nothing else: in any letter case, also reversed, and
 * also with digits, punctuation or spaces around or between its letters.
 *
 * Words are the user's username, email (local part, domain labels) and names, and those of the product, whole and in
 * their parts, from four characters on (OWASP ASVS 5.0 6.1.2, 6.2.11; NIST SP 800-63B-4 §3.1.1.2).
 */
export const makeContextWords = (
  productNames: readonly string[],
): ((password: string, owner: PasswordOwner) => boolean) => {
  const product = wordForms(productNames);
  return (password, owner) => {
    const own = wordForms(textsOf(owner));
    return formsOf(password)
      .flatMap((form) => [form, [...form].reverse().join("")])
      .some((form) => own.has(form) || product.has(form));
  };
};
