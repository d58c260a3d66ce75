import { sortKeyOf } from "../user/sort-key.ts";
import type { User } from "../user/user.ts";
import type { UserPosition } from "../user/user-condition.ts";
import type { UserSortField } from "../user/user-filter.ts";

export { sortFields } from "../user/sort-key.ts";

/** Where a user stands in a list sorted by a field: what a cursor holds. */
export const placeOf = (user: User, sortBy: UserSortField): UserPosition => ({
  key: sortKeyOf(user, sortBy),
  id: user.id,
});
