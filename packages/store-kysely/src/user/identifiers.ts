import { canonicalEmail, canonicalUsername, type User } from "@muster/core/ports";

/** The canonical forms under which a user's names are unique. The two may be equal. */
export interface Identifiers {
  readonly username: string | null;
  readonly email: string | null;
}

export const identifiersOf = (user: User): Identifiers => {
  const email = user.email === null ? null : canonicalEmail(user.email);
  if (email === undefined) throw new Error("A user with an email that has no canonical form reached the store.");
  return { username: user.username === null ? null : canonicalUsername(user.username), email };
};

export const distinctForms = ({ username, email }: Identifiers): readonly string[] => [
  ...new Set([username, email].filter((form) => form !== null)),
];
