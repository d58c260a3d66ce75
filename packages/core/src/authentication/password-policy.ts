import { type InputIssue, InvalidConfiguration } from "../errors.ts";
import { isStorable } from "../kernel/text.ts";
import type { PasswordBlocklist } from "../ports/environment.ts";
import { makeComposition, type PasswordComposition } from "./composition.ts";
import { makeContextWords } from "./context-words.ts";
import type { PasswordPolicy } from "./new-password.ts";
import { isStraightRuns } from "./straight-runs.ts";

/** Which new passwords are accepted. */
export interface PasswordPolicyOptions {
  /** In code points; 8 unless given, never less (NIST SP 800-63B-4 §3.1.1.2; OWASP ASVS 5.0 6.2.1, which advises 15). */
  readonly minLength?: number;
  /** In code points; 256 unless given, 64 to 4,096 (OWASP ASVS 5.0 6.2.9 asks for 64). */
  readonly maxLength?: number;
  /** Names of the product and its makers, which nobody may have as a password. */
  readonly productNames?: readonly string[];
  /** Kinds of characters that are asked for; none unless given. */
  readonly composition?: PasswordComposition;
  /**
   * What becomes of a new password while the port `breachedPasswords` does not answer: `accept` unless given, since it has
   * passed the built-in list; `refuse` with the rule `password_unchecked`.
   */
  readonly whenBreachesUnknown?: "accept" | "refuse";
  /**
   * Accepts what is easily guessed: common passwords, words of the setting, straight runs. For routers that must take
   * what another system took; length and well-formedness still hold.
   */
  readonly allowGuessable?: boolean;
}

/** Code points, so that an emoji or a rare ideograph counts as one (NIST SP 800-63B-4 §3.1.1.2). */
const lengthOf = (text: string): number => {
  let length = 0;
  for (const _ of text) length++;
  return length;
};

/**
 * Makes the judge of new passwords. It answers every broken rule, with `password` as field, and nothing when all is well.
 *
 * Rules: `password_too_short`, `password_too_long`, `password_malformed` (U+0000 or a lone surrogate),
 * `password_too_common`, `password_context_word`, `password_repetitive`; where the composition is configured,
 * `password_lowercase`, `password_uppercase`, `password_digits`, `password_symbols`. A list of breaches, which has to be
 * waited for, adds `password_breached` or `password_unchecked` ({@link makeNewPasswords}). A password that is too long or malformed is not looked at any further, so
 * that the work does not grow with what is sent.
 *
 * @throws InvalidConfiguration for lengths outside their limits.
 */
export const makePasswordPolicy = (options: PasswordPolicyOptions, blocklist: PasswordBlocklist): PasswordPolicy => {
  const { minLength = 8, maxLength = 256, productNames = [], allowGuessable = false, composition = {} } = options;
  requireWhole("maxLength", maxLength, 64, 4_096);
  requireWhole("minLength", minLength, 8, maxLength);
  const missingKinds = makeComposition(composition);
  const isContextWord = makeContextWords(productNames);

  return (password, about) => {
    // Two UTF-16 units a code point at most: a megabyte is refused without being read.
    if (password.length > 2 * maxLength || lengthOf(password) > maxLength) {
      return [issue("password_too_long", `A password has at most ${maxLength} characters.`)];
    }
    if (!isStorable(password)) {
      return [issue("password_malformed", "A password is well-formed Unicode text without U+0000.")];
    }
    const issues: InputIssue[] = [];
    if (lengthOf(password) < minLength) {
      issues.push(issue("password_too_short", `A password has at least ${minLength} characters.`));
    }
    for (const { rule, message } of missingKinds(password)) issues.push(issue(rule, message));
    if (allowGuessable) return issues;
    if (blocklist.has(password)) {
      issues.push(issue("password_too_common", "This password is among those that everybody tries first."));
    }
    if (isContextWord(password, about)) {
      issues.push(issue("password_context_word", "A password is more than a name of its owner or of the product."));
    }
    if (isStraightRuns(password)) {
      issues.push(issue("password_repetitive", "A password is more than repeated characters or keys in a row."));
    }
    return issues;
  };
};

const issue = (rule: string, message: string): InputIssue => ({ field: "password", rule, message });

const requireWhole = (name: string, value: number, least: number, most: number): void => {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const reason = `The password option ${name} is a whole number from ${least} to ${most}.`;
  throw new InvalidConfiguration({ reason });
};
