import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { type InputIssue, InvalidInput, type TooBusy } from "../errors.ts";
import { invalid } from "../kernel/input.ts";
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

export const makeNewPasswords = (policy: PasswordPolicy, hasher: PasswordHasher): NewPasswords => ({
  hash: (field, password, owner) => {
    const issues = policy(Redacted.value(password), owner);
    return issues.length > 0
      ? Effect.fail(new InvalidInput({ issues: issues.map((issue) => ({ ...issue, field })) }))
      : hasher.hash(password);
  },
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
