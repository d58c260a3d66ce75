import type { User } from "../user/user.ts";

/** A moment some milliseconds after the first of January 2026. */
export const moment = (milliseconds = 0): Date => new Date(Date.UTC(2026, 0, 1) + milliseconds);

let made = 0;

/**
 * A complete user who is enabled and has nothing but an id and a username, both new with each call, and what
 * `overrides` gives them. One who is `deleted` has a `deletedAt`.
 */
export const aUser = (overrides: Partial<User> = {}): User => {
  made += 1;
  const id = overrides.id ?? `user-${String(made).padStart(6, "0")}`;
  return {
    id,
    username: `login-of-${id}`,
    email: null,
    emailVerifiedAt: null,
    firstName: null,
    lastName: null,
    displayName: null,
    phoneNumber: null,
    locale: null,
    pictureUrl: null,
    tags: [],
    metadata: {},
    privateMetadata: {},
    role: "user",
    status: "enabled",
    ownerId: null,
    requiredActions: [],
    createdAt: moment(),
    updatedAt: null,
    updatedBy: null,
    deletedAt: overrides.status === "deleted" ? moment() : null,
    version: 1,
    firstLoginAt: null,
    lastLoginAt: null,
    loginCount: 0,
    ...overrides,
  };
};

/** The user after one more change, as a use case would write it: the next version, updated at a moment. */
export const changed = (user: User, changes: Partial<User>): User => ({
  ...user,
  updatedAt: moment(1000 * user.version),
  version: user.version + 1,
  ...(changes.status === undefined ? {} : { deletedAt: changes.status === "deleted" ? moment(1000) : null }),
  ...changes,
});
