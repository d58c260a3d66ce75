import { createHash, timingSafeEqual } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import { canonicalEmail } from "../kernel/text.ts";
import type { MailedPurpose } from "../ports/one-time-token-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";

type Fact = "email" | "password";

/**
 * What must not have changed since a token was made. A new password or address kills the tokens that rest on the old
 * one, whoever changed it and by whatever way. An undo rests on neither: it is there for when somebody else changed them.
 */
const restsOn: Readonly<Record<MailedPurpose, readonly Fact[]>> = {
  password_reset: ["email", "password"],
  email_verification: ["email"],
  email_change: ["email", "password"],
  email_undo: [],
  invitation: ["email", "password"],
};

/** Hash of what a token of this purpose rests on, 32 bytes: shows neither the address nor the password's hash. */
export const stateFor: (
  stores: Pick<Stores, "credentials">,
  tenant: string,
  user: User,
  purpose: MailedPurpose,
) => Effect.Effect<Uint8Array, StoreUnavailable> = Effect.fnUntraced(function* (stores, tenant, user, purpose) {
  const passwordHash = restsOn[purpose].includes("password")
    ? yield* stores.credentials.find(tenant, user.id)
    : undefined;
  const facts: Readonly<Record<Fact, string | null>> = {
    email: user.email === null ? null : (canonicalEmail(user.email) ?? null),
    password: passwordHash === undefined ? null : Option.getOrNull(passwordHash),
  };
  const values = restsOn[purpose].map((fact) => facts[fact]);
  return createHash("sha256")
    .update(JSON.stringify([tenant, user.id, purpose, values]))
    .digest();
});

/** Whether two hashes are the same. */
export const isSameState = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && timingSafeEqual(left, right);
