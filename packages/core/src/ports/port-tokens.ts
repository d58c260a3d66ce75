import type { BreachedPasswords } from "./breached-passwords.ts";
import type { Clock, IdGenerator, PasswordBlocklist, RandomSource } from "./environment.ts";
import type { Mailer } from "./mailer.ts";
import type { PasswordHasher } from "./password-hasher.ts";
import { type Token, token } from "./token.ts";
import type { TokenSigner } from "./token-signer.ts";

/** Every port but the store, by name: what a host may put in place of the built-in ones. */
export interface Ports {
  readonly clock: Clock;
  readonly randomSource: RandomSource;
  readonly idGenerator: IdGenerator;
  readonly passwordBlocklist: PasswordBlocklist;
  /** None unless given: new passwords are held against the blocklist alone. */
  readonly breachedPasswords: BreachedPasswords;
  readonly passwordHasher: PasswordHasher;
  readonly tokenSigner: TokenSigner;
  /** None unless given: flows that send mails answer MailNotConfigured then. */
  readonly mailer: Mailer;
}

/** The tokens under which a host's own container may hold its ports. */
export const portTokens: { readonly [Name in keyof Ports]: Token<Ports[Name]> } = {
  clock: token("Clock"),
  randomSource: token("RandomSource"),
  idGenerator: token("IdGenerator"),
  passwordBlocklist: token("PasswordBlocklist"),
  breachedPasswords: token("BreachedPasswords"),
  passwordHasher: token("PasswordHasher"),
  tokenSigner: token("TokenSigner"),
  mailer: token("Mailer"),
};
