import type { JsonObject } from "../kernel/json.ts";
import { canonicalEmail, canonicalUsername, comparable } from "../kernel/text.ts";
import type { User } from "../user/user.ts";
import type { FoldedField } from "../user/user-condition.ts";

/** A user as kept: with the comparable forms by which lists are filtered and sorted. */
export interface UserRow {
  readonly user: User;
  readonly folded: { readonly [Field in FoldedField]: string | null };
}

export const rowOf = (user: User): UserRow => ({
  user: copyOf(user),
  folded: {
    username: fold(user.username),
    email: fold(user.email),
    firstName: fold(user.firstName),
    lastName: fold(user.lastName),
    displayName: fold(user.displayName),
  },
});

/** A copy that shares nothing with its original, so that neither side can change the other. */
export const copyOf = (user: User): User => ({
  ...user,
  tags: [...user.tags],
  requiredActions: [...user.requiredActions],
  metadata: copyOfJson(user.metadata),
  privateMetadata: copyOfJson(user.privateMetadata),
  createdAt: new Date(user.createdAt),
  emailVerifiedAt: copyOfDate(user.emailVerifiedAt),
  updatedAt: copyOfDate(user.updatedAt),
  deletedAt: copyOfDate(user.deletedAt),
  firstLoginAt: copyOfDate(user.firstLoginAt),
  lastLoginAt: copyOfDate(user.lastLoginAt),
});

/** The canonical forms a user occupies: none, one or two, the two maybe equal. */
export const identifiersOf = (user: User): { readonly username: string | null; readonly email: string | null } => {
  const email = user.email === null ? null : canonicalEmail(user.email);
  if (email === undefined) throw new Error("A user with an email that has no canonical form reached the store.");
  return { username: user.username === null ? null : canonicalUsername(user.username), email };
};

/** Through JSON text, as a database keeps it: minus zero comes back as zero, `__proto__` as an ordinary key. */
const copyOfJson = (value: JsonObject): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

const copyOfDate = (date: Date | null): Date | null => (date === null ? null : new Date(date));

const fold = (text: string | null): string | null => (text === null ? null : comparable(text));
