import type { Muster } from "@muster/core";
import type { DeepPages } from "../dataset/deep-pages.ts";
import { commonPart, type Person, rareCity, rareName, rareTag } from "../dataset/person.ts";
import type { makeUserLister } from "../floors/list-users.ts";
import type { PostgresHand } from "../floors/postgres.ts";
import type { makeUserReader } from "../floors/read-user.ts";

/** What an operation is asked for: somebody of the data set, or a place in it. */
export interface Given {
  readonly person: Person;
  readonly deep: DeepPages;
}

/** How a SQLite file is read by hand. */
export interface SqliteHand {
  readonly reader: ReturnType<typeof makeUserReader>;
  readonly list: ReturnType<typeof makeUserLister>;
}

/** One thing that is compared, done by Muster and by hand. */
export interface Operation {
  readonly what: string;
  /** Answers one user, not a page: a batch has more of them. */
  readonly isOne?: true;
  readonly muster: (muster: Muster, given: Given) => Promise<unknown>;
  readonly sqlite: (hand: SqliteHand, given: Given) => unknown;
  readonly postgres: (hand: PostgresHand, given: Given) => Promise<unknown>;
}

const page = { limit: 50, sort: "-createdAt" } as const;
const enabled = { status: "enabled" } as const;
const rareMark = `m."address"."city"="${rareCity}"`;
export const rarePart = rareName.toLowerCase();

const get: Operation = {
  what: "get by id",
  isOne: true,
  muster: ({ users }, { person }) => users.get(person.id),
  sqlite: ({ reader }, { person }) => reader.get(person.id),
  postgres: async (read, { person }) => (await read("get", [person.id]))[0],
};

const findByEmail: Operation = {
  what: "get by email",
  isOne: true,
  muster: ({ users }, { person }) => users.findByEmail(person.email),
  sqlite: ({ reader }, { person }) => reader.findByEmail(person.email),
  postgres: async (read, { person }) => (await read("findByEmail", [person.email.toLowerCase()]))[0],
};

export const firstPage: Operation = {
  what: "50 enabled users, newest first, first page",
  muster: async ({ users }) => (await users.list({ ...page, filter: enabled })).items,
  sqlite: ({ list }) => list("newest"),
  postgres: (read) => read("newest", []),
};

export const deepPage: Operation = {
  what: "50 enabled users, newest first, page at nine tenths",
  muster: async ({ users }, { deep }) =>
    (await users.list({ ...page, filter: enabled, cursor: deep["-createdAt"].cursor })).items,
  sqlite: ({ list }, { deep }) => list("newestDeep", { key: deep["-createdAt"].key, id: deep["-createdAt"].id }),
  postgres: (read, { deep }) => read("newestDeep", [deep["-createdAt"].key, deep["-createdAt"].id]),
};

const tag: Operation = {
  what: "50 users with a tag of one in a hundred",
  muster: async ({ users }) => (await users.list({ ...page, filter: { tags: { any: [rareTag] } } })).items,
  sqlite: ({ list }) => list("marked", { mark: `#${rareTag}` }),
  postgres: (read) => read("marked", [`#${rareTag}`]),
};

const metadata: Operation = {
  what: "50 users with nested metadata of one in a hundred",
  muster: async ({ users }) =>
    (await users.list({ ...page, filter: { metadata: { address: { city: rareCity } } } })).items,
  sqlite: ({ list }) => list("marked", { mark: rareMark }),
  postgres: (read) => read("marked", [rareMark]),
};

export const rareText: Operation = {
  what: "50 users by a substring that 60 have",
  muster: async ({ users }) => (await users.list({ ...page, filter: { search: rarePart } })).items,
  sqlite: ({ list }) => list("rareText", { match: '"lov" AND "ela" AND "ace"', part: rarePart }),
  postgres: (read) => read("rareText", [`%${rarePart}%`]),
};

const commonText: Operation = {
  what: "50 users by a substring that one in twenty has",
  muster: async ({ users }) => (await users.list({ ...page, filter: { search: commonPart } })).items,
  sqlite: ({ list }) => list("commonText", { part: commonPart }),
  postgres: (read) => read("commonText", [commonPart]),
};

/** Everything that is compared, in the order of the table. */
export const operations: readonly Operation[] = [
  get,
  findByEmail,
  firstPage,
  deepPage,
  tag,
  metadata,
  rareText,
  commonText,
];
