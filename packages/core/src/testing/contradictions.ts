import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import { canonicalEmail, canonicalUsername, comparable } from "../kernel/text.ts";
import type { Stores } from "../ports/storage.ts";
import { sortFields } from "../user/sort-key.ts";
import type { User } from "../user/user.ts";
import { everyone, type UserCondition } from "../user/user-condition.ts";

type Asked = Pick<Stores, "users" | "credentials" | "sessions">;

/**
 * Asks a store for all users of a tenant in every way in which each can be found, and answers a sentence for each answer
 * that contradicts another: a list that lacks somebody, a name, tag, text or piece of metadata that does not lead to its
 * user, a live session of a user who is not enabled. Whatever happened to a store, it has none.
 *
 * For tenants of at most 1,000 users; asks about ten questions for each.
 *
 * @param now decides which sessions are live.
 */
export const contradictions: (
  stores: Asked,
  tenant: string,
  now: Date,
) => Effect.Effect<readonly string[], StoreUnavailable> = Effect.fnUntraced(function* (stores, tenant, now) {
  const found: string[] = [];
  const list = (where: UserCondition, sortBy: (typeof sortFields)[number] = "createdAt") =>
    stores.users.list(tenant, { where, sortBy, descending: false, limit: 1_001 });
  const people = yield* list(everyone);
  const ids = idsOf(people);
  if ((yield* stores.users.count(tenant, everyone)) !== people.length) found.push("The count is not that of the list.");
  for (const field of sortFields) {
    if (!isDeepStrictEqual(idsOf(yield* list(everyone, field)), ids)) found.push(`By ${field} others are listed.`);
  }
  for (const user of people) {
    const say = (isTrue: boolean, sentence: string): void => {
      if (!isTrue) found.push(`User ${JSON.stringify(user.id)} ${sentence}.`);
    };
    say(isDeepStrictEqual(yield* stores.users.find(tenant, user.id), Option.some(user)), "is another when found by id");
    for (const form of formsOf(user)) {
      const owner = yield* stores.users.findByIdentifier(tenant, form);
      say(
        Option.exists(owner, ({ id }) => id === user.id),
        "is not found by username or email",
      );
      const candidate = yield* stores.credentials.findCandidate(tenant, form);
      const isSame = Option.exists(candidate, ({ userId, status }) => userId === user.id && status === user.status);
      say(isSame, "is another when logging in");
    }
    for (const condition of conditionsOf(user)) {
      say(idsOf(yield* list(condition)).includes(user.id), `is not found by ${condition.kind}`);
    }
    if (user.status !== "enabled") {
      say((yield* stores.sessions.list(tenant, user.id, now, 1)).length === 0, "is not enabled and has a live session");
    }
    say((user.status === "deleted") === (user.deletedAt !== null), "is deleted at no time, or at one and is not");
  }
  return found;
});

const idsOf = (users: readonly User[]): readonly string[] => users.map(({ id }) => id).toSorted();

const formsOf = ({ username, email }: User): readonly string[] => [
  ...(username === null ? [] : [canonicalUsername(username)]),
  ...(email === null ? [] : [canonicalEmail(email) ?? email]),
];

/** Whatever a user must be found by. */
const conditionsOf = (user: User): readonly UserCondition[] => {
  const { username, email, firstName, lastName, displayName, tags, metadata, privateMetadata, status, role } = user;
  const texts = Object.entries({ username, email, firstName, lastName, displayName });
  return [
    { kind: "tags", match: "all", tags },
    { kind: "json", field: "metadata", part: metadata },
    { kind: "json", field: "privateMetadata", part: privateMetadata },
    { kind: "oneOf", field: "status", values: [status] },
    { kind: "oneOf", field: "role", values: [role] },
    ...texts.flatMap(([field, text]): readonly UserCondition[] =>
      text === null ? [] : [{ kind: "search", fields: [field as "username"], text: comparable(text) }],
    ),
  ];
};
