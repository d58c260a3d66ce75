import { InvalidConfiguration } from "../errors.ts";

/**
 * Kinds of characters a password has to have, where somebody insists: NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0 6.2.5 ask
 * for none. Each is the least number of such characters, 0 unless given.
 */
export interface PasswordComposition {
  readonly lowercase?: number;
  readonly uppercase?: number;
  readonly digits?: number;
  /** Neither letters nor digits nor marks; a space is one. */
  readonly symbols?: number;
}

const kinds: { readonly [Kind in keyof Required<PasswordComposition>]: readonly [RegExp, string] } = {
  lowercase: [/\p{Ll}/gu, "lower-case letters"],
  uppercase: [/\p{Lu}/gu, "upper-case letters"],
  digits: [/\p{Nd}/gu, "digits"],
  symbols: [/[^\p{L}\p{M}\p{N}]/gu, "characters that are neither letters nor digits"],
};

const names = Object.keys(kinds) as readonly (keyof typeof kinds)[];

/** A kind of which there are too few. */
export interface MissingKind {
  readonly rule: string;
  readonly message: string;
}

/** Makes what finds the missing kinds. Throws InvalidConfiguration. */
export const makeComposition = (least: PasswordComposition): ((password: string) => readonly MissingKind[]) => {
  for (const [name, number] of Object.entries(least)) {
    if (Object.hasOwn(kinds, name) && Number.isSafeInteger(number) && number >= 0 && number <= 16) continue;
    const reason = `The password option composition.${name} is one of ${names.join(", ")}, a whole number from 0 to 16.`;
    throw new InvalidConfiguration({ reason });
  }
  return (password) =>
    names.flatMap((name) => {
      const [pattern, described] = kinds[name];
      const number = least[name] ?? 0;
      if (number === 0 || (password.match(pattern)?.length ?? 0) >= number) return [];
      return [{ rule: `password_${name}`, message: `A password has at least ${number} ${described}.` }];
    });
};
