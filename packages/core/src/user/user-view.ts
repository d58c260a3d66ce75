import type { Actor } from "../authorization/actor.ts";
import { seesAll, seesDetails } from "../authorization/policy.ts";
import type { PublicUser, User, UserView } from "./user.ts";

/** What anybody logged in may read, and hence filter and sort by. */
const publicFields: readonly (keyof PublicUser)[] = [
  "id",
  "username",
  "firstName",
  "lastName",
  "displayName",
  "pictureUrl",
];

const allFields: ReadonlySet<keyof User> = new Set<keyof User>([
  ...publicFields,
  "email",
  "emailVerifiedAt",
  "phoneNumber",
  "locale",
  "tags",
  "metadata",
  "privateMetadata",
  "role",
  "status",
  "ownerId",
  "requiredActions",
  "createdAt",
  "updatedAt",
  "updatedBy",
  "deletedAt",
  "version",
  "firstLoginAt",
  "lastLoginAt",
  "loginCount",
]);

/** The user as far as the caller may see it; the policy decides. */
export const viewOf = (actor: Actor, user: User): UserView => {
  if (seesAll(actor)) return user;
  if (seesDetails(actor, user)) {
    const { privateMetadata: _hidden, ...visible } = user;
    return visible;
  }
  const { id, username, firstName, lastName, displayName, pictureUrl } = user;
  return { id, username, firstName, lastName, displayName, pictureUrl };
};

/** The fields by which the caller may choose and order users it does not know yet. */
export const searchableFields = (actor: Actor): ReadonlySet<string> =>
  seesAll(actor) ? allFields : new Set(publicFields);
