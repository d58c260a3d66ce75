import type { JsonObject } from "../kernel/json.ts";
import type { UserRole, UserStatus } from "./user.ts";

/**
 * What a host writes to choose users: the keys of one object all have to hold; `and`, `or`, `not` nest.
 *
 * ```ts
 * const blueTeam: UserFilter = { status: "enabled", metadata: { team: "blue" }, not: { tags: { any: ["bot"] } } };
 * ```
 *
 * Texts compare in their comparable form (case, width and composition do not matter), except `phoneNumber`, `locale`
 * and `pictureUrl`, ids and tags, which compare exactly. `%`, `_`, quotes and backslashes mean themselves. A condition
 * on an absent value never holds, so its negation always does.
 */
export interface UserFilter {
  readonly and?: readonly UserFilter[];
  readonly or?: readonly UserFilter[];
  readonly not?: UserFilter;
  readonly id?: ExactCondition<string>;
  readonly ownerId?: ExactCondition<string> | null;
  readonly updatedBy?: ExactCondition<string> | null;
  readonly status?: ExactCondition<UserStatus>;
  readonly role?: ExactCondition<UserRole>;
  readonly username?: TextCondition | null;
  readonly email?: TextCondition | null;
  readonly firstName?: TextCondition | null;
  readonly lastName?: TextCondition | null;
  readonly displayName?: TextCondition | null;
  readonly phoneNumber?: TextCondition | null;
  readonly locale?: TextCondition | null;
  readonly pictureUrl?: TextCondition | null;
  readonly createdAt?: RangeCondition<Date>;
  readonly updatedAt?: RangeCondition<Date> | null;
  readonly deletedAt?: RangeCondition<Date> | null;
  readonly emailVerifiedAt?: RangeCondition<Date> | null;
  readonly firstLoginAt?: RangeCondition<Date> | null;
  readonly lastLoginAt?: RangeCondition<Date> | null;
  readonly version?: RangeCondition<number>;
  readonly loginCount?: RangeCondition<number>;
  readonly tags?: TagsCondition;
  /** JSON containment: nested objects, array subsets. `{ roles: ["a"] }` finds `{ roles: ["b", "a"], x: 1 }`. */
  readonly metadata?: JsonObject;
  readonly privateMetadata?: JsonObject;
  /** Free text: found within username, email, first, last or display name. */
  readonly search?: string;
}

/** A value (equal), or several ways to say it; all keys given must hold. */
export type ExactCondition<T> = T | { readonly equals?: T; readonly oneOf?: readonly T[] };

/** Like {@link ExactCondition}, with parts of texts. */
export type TextCondition =
  | string
  | {
      readonly equals?: string;
      readonly oneOf?: readonly string[];
      readonly contains?: string;
      readonly prefix?: string;
    };

/** A value (equal) or bounds, both exclusive. */
export type RangeCondition<T> = T | { readonly equals?: T; readonly after?: T; readonly before?: T };

/** `any`: at least one of them; `all`: every one; `none`: not one. All keys given must hold. */
export interface TagsCondition {
  readonly any?: readonly string[];
  readonly all?: readonly string[];
  readonly none?: readonly string[];
}

/** What a list may be sorted by. Absent values come before all others; ties go by id in the same direction. */
export type UserSortField = "createdAt" | "updatedAt" | "username" | "email" | "firstName" | "lastName" | "lastLoginAt";

/** A sort field, with a minus for descending. */
export type UserSort = UserSortField | `-${UserSortField}`;

/** Whether and how a list counts what its filter finds: `capped` stops at 1,000. */
export type TotalMode = "none" | "exact" | "capped";

/** What `list` takes. */
export interface UserQuery {
  readonly filter?: UserFilter;
  /** `-createdAt` (newest first) unless given. */
  readonly sort?: UserSort;
  /** 1–100 rows, 20 unless given. */
  readonly limit?: number;
  /** Rows to skip, at most 100,000; kept for compatibility, its cost grows with it. Not together with `cursor`. */
  readonly offset?: number;
  /** `nextCursor` or `previousCursor` of an earlier page of the same filter and sort. */
  readonly cursor?: string;
  /** `none` unless given. */
  readonly total?: TotalMode;
}
