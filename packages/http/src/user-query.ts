import type { UserFilter, UserQuery, UserRole, UserSort, UserStatus } from "@muster/core";
import {
  type Decoded,
  instant,
  integer,
  jsonObjects,
  list,
  type Parameter,
  text,
  texts,
  word,
  words,
} from "./parameter.ts";
import { jsonObjectSchema, reference } from "./schema/reference.ts";

const statuses = ["pending", "enabled", "disabled", "deleted"] as const satisfies readonly UserStatus[];
const roles = ["user", "admin"] as const satisfies readonly UserRole[];
const sortFields = ["createdAt", "updatedAt", "username", "email", "firstName", "lastName", "lastLoginAt"] as const;
const sorts: readonly UserSort[] = [...sortFields, ...sortFields.map((field) => `-${field}` as const)];

interface FilterParameters {
  readonly [name: string]: Parameter<unknown>;
  readonly status: Parameter<readonly UserStatus[]>;
  readonly role: Parameter<readonly UserRole[]>;
  readonly tag: Parameter<readonly string[]>;
  readonly tags: Parameter<readonly string[]>;
  readonly metadata: ReturnType<typeof jsonObjects>;
  readonly email: Parameter<string>;
  readonly username: Parameter<string>;
  readonly firstName: Parameter<string>;
  readonly lastName: Parameter<string>;
  readonly search: Parameter<string>;
  readonly createdAfter: Parameter<Date>;
  readonly createdBefore: Parameter<Date>;
  readonly filter: ReturnType<typeof jsonObjects>;
}

/** The parameters that choose users; all that are given have to hold. */
export const filterParameters: FilterParameters = {
  status: words("One of these statuses.", statuses),
  role: words("One of these roles.", roles),
  tag: texts("Users with this tag; given several times, with every one of them."),
  tags: list("Users with every one of these tags."),
  metadata: jsonObjects("Users whose metadata contains this JSON object; given several times, every one.", {
    ...jsonObjectSchema,
  }),
  email: text("The user with this email."),
  username: text("The user with this username."),
  firstName: text("Users with this first name."),
  lastName: text("Users with this last name."),
  search: text("Free text found within username, email, first, last or display name."),
  createdAfter: instant("Created after this instant, exclusive."),
  createdBefore: instant("Created before this instant, exclusive."),
  filter: jsonObjects("A filter tree as JSON; given several times, all have to hold.", reference("UserFilter")),
};

interface ListParameters extends FilterParameters {
  readonly sort: Parameter<UserSort>;
  readonly limit: Parameter<number>;
  readonly offset: Parameter<number>;
  readonly cursor: Parameter<string>;
  readonly total: Parameter<"none" | "exact" | "capped">;
}

/** The parameters of a list of users. */
export const listParameters: ListParameters = {
  ...filterParameters,
  sort: word("Field to sort by, with a minus for descending.", sorts),
  limit: integer("Rows of a page, 20 unless given.", 1, 100),
  offset: integer("Rows to skip. Not together with a cursor.", 0, 100_000),
  cursor: text("nextCursor or previousCursor of a page of the same filter and sort."),
  total: word("Whether to count what the filter finds; capped stops at 1,000.", ["none", "exact", "capped"]),
};

/** The filter a query means; undefined when it chooses nobody out. */
export const userFilter = (query: Decoded<FilterParameters>): UserFilter | undefined => {
  const { status, role, email, username, firstName, lastName, search, createdAfter, createdBefore } = query;
  const tags = [...(query.tag ?? []), ...(query.tags ?? [])];
  const [metadata, ...moreMetadata] = query.metadata ?? [];
  const simple: UserFilter = {
    ...(status !== undefined && { status: { oneOf: status } }),
    ...(role !== undefined && { role: { oneOf: role } }),
    ...(tags.length > 0 && { tags: { all: tags } }),
    ...(metadata !== undefined && { metadata }),
    ...(email !== undefined && { email }),
    ...(username !== undefined && { username }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(search !== undefined && { search }),
    ...((createdAfter !== undefined || createdBefore !== undefined) && {
      createdAt: {
        ...(createdAfter !== undefined && { after: createdAfter }),
        ...(createdBefore !== undefined && { before: createdBefore }),
      },
    }),
  };
  // A tree from outside is checked by the core, like every filter.
  const trees = (query.filter ?? []) as readonly UserFilter[];
  const all = [simple, ...moreMetadata.map((part): UserFilter => ({ metadata: part })), ...trees].filter(
    (filter) => Object.keys(filter).length > 0,
  );
  return all.length > 1 ? { and: all } : all[0];
};

/** The list a query means. */
export const userQuery = (query: Decoded<ListParameters>): UserQuery => {
  const { sort, limit, offset, cursor, total } = query;
  const filter = userFilter(query);
  return {
    ...(filter !== undefined && { filter }),
    ...(sort !== undefined && { sort }),
    ...(limit !== undefined && { limit }),
    ...(offset !== undefined && { offset }),
    ...(cursor !== undefined && { cursor }),
    ...(total !== undefined && { total }),
  };
};
