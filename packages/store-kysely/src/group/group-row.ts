import { comparable, type Group, type GroupStatus, type JsonObject } from "@muster/core/ports";
import type { Selectable } from "kysely";
import type { GroupsTable } from "../tables.ts";

export type GroupRow = Omit<Selectable<GroupsTable>, "tenant" | "name_key">;
/** What a change of a group may change, its place in the tree included. */
export type GroupValues = Omit<Selectable<GroupsTable>, "tenant" | "id" | "created_at">;

export const groupColumns = [
  "id",
  "name",
  "description",
  "parent_id",
  "metadata",
  "status",
  "created_at",
  "updated_at",
  "version",
] as const;

export const valuesOf = (group: Group): GroupValues => ({
  name: group.name,
  name_key: comparable(group.name),
  description: group.description,
  parent_id: group.parentId,
  metadata: JSON.stringify(group.metadata),
  status: group.status,
  updated_at: group.updatedAt?.getTime() ?? null,
  version: group.version,
});

export const groupOf = (row: GroupRow): Group => ({
  id: row.id,
  name: row.name,
  description: row.description,
  parentId: row.parent_id,
  // A driver may have parsed it.
  metadata: (typeof row.metadata === "string" ? JSON.parse(row.metadata) : row.metadata) as JsonObject,
  status: row.status as GroupStatus,
  createdAt: new Date(Number(row.created_at)),
  updatedAt: row.updated_at === null ? null : new Date(Number(row.updated_at)),
  version: Number(row.version),
});
