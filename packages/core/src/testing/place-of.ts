import { comparable } from "../kernel/text.ts";
import type { User } from "../user/user.ts";
import type { UserPosition } from "../user/user-condition.ts";
import type { UserSortField } from "../user/user-filter.ts";

/** Every field a list may be sorted by. */
export const sortFields: readonly UserSortField[] = [
  "createdAt",
  "updatedAt",
  "username",
  "email",
  "firstName",
  "lastName",
  "lastLoginAt",
];

/** Where a user stands in a list sorted by a field: what a cursor holds. */
export const placeOf = (user: User, sortBy: UserSortField): UserPosition => {
  const value = user[sortBy];
  if (value instanceof Date) return { key: value.getTime(), id: user.id };
  if (value !== null) return { key: comparable(value), id: user.id };
  return { key: sortBy.endsWith("At") ? 0 : "", id: user.id };
};
