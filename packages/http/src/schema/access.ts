import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, jsonObjectSchema, orNull, reference } from "./reference.ts";

const name: JsonSchema = { type: "string", minLength: 1, maxLength: 254, description: "Need not be unique." };
const description = orNull({ type: "string", minLength: 1, maxLength: 1024 });
const metadata: JsonSchema = { ...jsonObjectSchema, description: "At most 64 KiB as JSON and 32 levels deep." };
const parentId: JsonSchema = { ...orNull(idSchema), description: "Null for a group at the top." };
const total: JsonSchema = { anyOf: [reference("Total"), { type: "null" }], description: "Null unless asked for." };
const nextCursor = orNull({ type: "string", description: "Null on the last page." });
const permissionOn = {
  resourceType: { ...idSchema, description: "One that the application declared." },
  resourceId: idSchema,
  permission: { ...idSchema, description: "One that the application declared for the type." },
};

/** Schemas of groups and grants. */
export const accessSchemas: { readonly [name: string]: JsonSchema } = {
  Group: closed({
    id: idSchema,
    name,
    description,
    parentId,
    metadata,
    status: { type: "string", enum: ["enabled", "disabled"], description: "A disabled group passes no grants on." },
    createdAt: instantSchema,
    updatedAt: { ...orNull(instantSchema), description: "Null until the first update." },
    version: { type: "integer", minimum: 1, description: "The number in ETag." },
  }),
  NewGroup: closed({ id: { ...idSchema, description: "Made when absent." }, name, description, parentId, metadata }, [
    "id",
    "description",
    "parentId",
    "metadata",
  ]),
  GroupPatch: {
    ...closed({ name, description, metadata }, ["name", "description", "metadata"]),
    description: "Absent keys stay as they are, null clears, metadata is replaced whole.",
  },
  GroupPage: closed({ groups: { type: "array", items: reference("Group") }, nextCursor, total }),
  MemberPage: closed({ users: { type: "array", items: reference("User") }, nextCursor, total }),
  Grant: {
    ...closed({ userId: idSchema, groupId: idSchema, ...permissionOn }, ["userId", "groupId"]),
    description: "To a user or to a group: exactly one of the two is named.",
  },
  GrantPage: closed({ grants: { type: "array", items: reference("Grant") }, nextCursor }),
  PermissionOn: closed(permissionOn),
};
