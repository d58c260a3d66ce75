import { comparable } from "../kernel/text.ts";
import type { User } from "./user.ts";
import type { UserSortField } from "./user-filter.ts";

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

/** What a user is sorted by: a comparable text, or epoch milliseconds. Absent values (`""`, 0) come first. */
export const sortKeyOf = (user: User, field: UserSortField): string | number => {
  const value = user[field];
  if (value instanceof Date) return value.getTime();
  if (value === null) return field.endsWith("At") ? 0 : "";
  return comparable(value);
};
