import type { JsonSchema } from "../json-schema.ts";
import { closed, idSchema, instantSchema, jsonObjectSchema, orNull, reference } from "./reference.ts";

const name: JsonSchema = { type: "string", minLength: 1, maxLength: 254 };
const username: JsonSchema = { ...name, description: "Unique in any spelling that looks the same." };
const email: JsonSchema = { ...name, description: "Unique in any spelling that is the same address." };
const requiredActions: JsonSchema = {
  type: "array",
  items: { type: "string", pattern: "^[A-Z0-9_]{1,64}$" },
  maxItems: 20,
  description: "What the user has to do before anything else, in this order.",
};
const count: JsonSchema = { type: "integer", minimum: 0 };
const tags: JsonSchema = {
  type: "array",
  items: { type: "string", minLength: 1, maxLength: 64 },
  maxItems: 100,
  description: "Ordered; repetitions are dropped.",
};
const metadata: JsonSchema = { ...jsonObjectSchema, description: "At most 64 KiB as JSON and 32 levels deep." };
const privateMetadata: JsonSchema = { ...metadata, description: "As metadata, for admins only." };
const role: JsonSchema = { type: "string", enum: ["user", "admin"] };

const names = { firstName: orNull(name), lastName: orNull(name), displayName: orNull(name) };
const pictureUrl = orNull({ type: "string", maxLength: 2048, description: "An absolute http(s) URL." });
const contact = {
  phoneNumber: orNull({ type: "string", minLength: 1, maxLength: 64 }),
  locale: orNull({ type: "string", description: "A BCP 47 language tag.", examples: ["pt-BR"] }),
};
const publicProperties = { id: idSchema, username: orNull(username), ...names, pictureUrl };
const detailProperties = {
  email: orNull(email),
  emailVerifiedAt: orNull(instantSchema),
  ...contact,
  tags,
  metadata,
  privateMetadata,
  role,
  status: { type: "string", enum: ["pending", "enabled", "disabled", "deleted"] },
  ownerId: orNull(idSchema),
  requiredActions,
  createdAt: instantSchema,
  updatedAt: { ...orNull(instantSchema), description: "Null until the first update." },
  updatedBy: { ...orNull(idSchema), description: "Null when the system made the last update." },
  deletedAt: orNull(instantSchema),
  version: { type: "integer", minimum: 1, description: "The number in ETag." },
  firstLoginAt: orNull(instantSchema),
  lastLoginAt: orNull(instantSchema),
  loginCount: count,
};
const profile = { ...names, pictureUrl, ...contact, metadata, privateMetadata };

/** Schemas of users. */
export const userSchemas: { readonly [name: string]: JsonSchema } = {
  User: {
    ...closed({ ...publicProperties, ...detailProperties }, Object.keys(detailProperties)),
    description: "A user as far as the caller may see it: of others, the required properties only.",
  },
  NewUser: {
    ...closed({
      id: { ...idSchema, description: "Made when absent." },
      username: orNull(username),
      email: orNull(email),
      emailVerified: { type: "boolean", description: "Admins only." },
      password: { type: "string", format: "password", description: "Compared exactly as given later." },
      ...profile,
      tags,
      role: { ...role, description: "Admins only." },
      status: { type: "string", enum: ["pending", "enabled", "disabled"], description: "Admins only." },
      ownerId: orNull(idSchema),
      requiredActions: { ...requiredActions, description: "Admins only." },
      invite: { type: "boolean", description: "Mails an invitation; the user is pending. Admins only." },
    }),
    required: [],
    description: "At least one of username and email is needed.",
  },
  UserPatch: {
    ...closed(profile),
    required: [],
    description: "Absent keys stay as they are, null clears, metadata is replaced whole.",
  },
  UserPage: closed({
    users: { type: "array", items: reference("User") },
    nextCursor: orNull({ type: "string", description: "Null on the last page." }),
    previousCursor: orNull({ type: "string", description: "Null on the first page." }),
    total: { anyOf: [reference("Total"), { type: "null" }], description: "Null unless asked for." },
  }),
  Total: closed({
    count,
    exact: { type: "boolean", description: "False when counting stopped at its cap." },
  }),
};

/** Schemas of the names of people. */
export const nameSchemas: { readonly [name: string]: JsonSchema } = names;

/** Schemas of what the single-field changes take. */
export const changeSchemas: {
  readonly [Name in "email" | "username" | "tags" | "role" | "ownerId" | "password" | "requiredActions"]: JsonSchema;
} = {
  email: orNull(email),
  username: orNull(username),
  tags,
  role,
  ownerId: orNull(idSchema),
  password: { type: "string", format: "password" },
  requiredActions,
};
