import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { type InputIssue, InvalidInput, type TooBusy } from "../errors.ts";
import { invalid } from "../kernel/input.ts";
import type { BreachedPasswords } from "../ports/breached-passwords.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { User } from "../user/user.ts";

/** Judges a password somebody wants to have; answers what is wrong with it. */
export type PasswordPolicy = (password: string, about: PasswordOwner) => readonly InputIssue[];

/** Whom a password is for: what it must not be made of. */
export type PasswordOwner = Pick<User, "username" | "email" | "firstName" | "lastName" | "displayName">;

/** Takes new passwords in: judged first, hashed when they pass. */
export interface NewPasswords {
  /** The hash; InvalidInput names `field` and every rule that the password breaks. */
  readonly hash: (
    field: string,
    password: Redacted.Redacted,
    owner: PasswordOwner,
  ) => Effect.Effect<string, InvalidInput | TooBusy>;
  /** The text to store for a hash made elsewhere; InvalidInput names `field` and why no password can be checked by it. */
  readonly imported: (field: string, passwordHash: string) => Effect.Effect<string, InvalidInput | TooBusy>;
}

/** A list of breached passwords, and what becomes of passwords while it does not answer. */
export interface BreachCheck {
  readonly list: BreachedPasswords;
  readonly whenUnknown: "accept" | "refuse";
}

export const makeNewPasswords = (
  policy: PasswordPolicy,
  hasher: PasswordHasher,
  breaches?: BreachCheck,
): NewPasswords => ({
  hash: Effect.fnUntraced(function* (field, password, owner) {
    const text = Redacted.value(password);
    const own = policy(text, owner);
    const found = breaches === undefined || own.some(isUnreadable) ? [] : yield* breachIssues(breaches, text);
    const issues = [...own, ...found].map((issue) => ({ ...issue, field }));
    return issues.length > 0 ? yield* new InvalidInput({ issues }) : yield* hasher.hash(password);
  }),
  imported: (field, passwordHash) => {
    const { scheme, refusal } = hasher.inspect(passwordHash);
    if (refusal !== null) {
      return Effect.fail(invalid(field, "password_hash", `cannot be checked (scheme: ${scheme}). ${refusal}`));
    }
    // Sealed at once where there is a pepper; wrapping costs a hash and is a job of its own.
    return Effect.map(
      hasher.hardened(passwordHash, { wrap: false }),
      Option.getOrElse(() => passwordHash),
    );
  },
});

/** Nothing of what is not looked at any further is sent anywhere. */
const isUnreadable = ({ rule }: InputIssue): boolean => rule === "password_too_long" || rule === "password_malformed";

const longestAnswer = "5 seconds";

/** Asks the list, with all other rules looked at already: every broken rule is told at once. */
const breachIssues = ({ list, whenUnknown }: BreachCheck, password: string): Effect.Effect<readonly InputIssue[]> =>
  Effect.tryPromise({ try: async () => list.has(password), catch: () => undefined }).pipe(
    Effect.timeout(longestAnswer),
    Effect.map((isBreached) =>
      isBreached ? [issue("password_breached", "This password is known from a breach.")] : [],
    ),
    Effect.catch(() =>
      Effect.as(
        Effect.logWarning("The list of breached passwords does not answer."),
        whenUnknown === "accept"
          ? []
          : [issue("password_unchecked", "This password cannot be checked now; try again.")],
      ),
    ),
  );

const issue = (rule: string, message: string): InputIssue => ({ field: "password", rule, message });
