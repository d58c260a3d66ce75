import { createHash } from "node:crypto";
import type { Json, JsonObject, User, UserStatus } from "@muster/core/ports";

/**
 * Marks: every tag and every place and value in the metadata of a user is one short text, kept in one table ordered by
 * (tenant, mark, creation, id). Who has a mark is one look-up; the newest who have it stand side by side.
 *
 * A mark of metadata is the path to a scalar and the scalar, array positions left out: `m.roles[]="admin"`. Objects
 * and arrays below the root have marks of their own (`m.roles[`), so that empty ones can be found. Status, role and owner
 * are marked where they are rare enough to be worth finding.
 */
export const marksOf = (user: User): ReadonlySet<string> => {
  const marks = new Set<string>();
  for (const tag of user.tags) marks.add(tagMark(tag));
  addMarks(marks, prefixOf.metadata, user.metadata, false);
  addMarks(marks, prefixOf.privateMetadata, user.privateMetadata, false);
  for (const mark of [statusMark(user.status), roleMark(user.role), ownerMark(user.ownerId)]) {
    if (mark !== undefined) marks.add(mark);
  }
  return marks;
};

export const tagMark = (tag: string): string => shortened(`#${tag}`);

/** Undefined for a status too common to look up. */
export const statusMark = (status: UserStatus | string): string | undefined =>
  status === "enabled" ? undefined : `s${status}`;

/** Undefined for a role too common to look up. */
export const roleMark = (role: string): string | undefined => (role === "admin" ? "radmin" : undefined);

export const ownerMark = (ownerId: string | null): string | undefined =>
  ownerId === null ? undefined : shortened(`o${ownerId}`);

/** The marks of everybody whose metadata contains `part`, and whether having them all is proof of it. */
export interface PartMarks {
  readonly marks: readonly string[];
  /** False when an array element of `part` has several leaves: they must be found in one element, which marks can't tell. */
  readonly sufficient: boolean;
}

export const partMarks = (field: "metadata" | "privateMetadata", part: JsonObject): PartMarks => {
  const marks = new Set<string>();
  addMarks(marks, prefixOf[field], part, true);
  return { marks: [...marks], sufficient: isSufficient(part) };
};

const prefixOf = { metadata: "m", privateMetadata: "p" } as const;

/** @param sparse leaves out containers that something is in: what is in them says that they are there. */
const addMarks = (marks: Set<string>, path: string, container: JsonObject | readonly Json[], sparse: boolean): void => {
  const isList = isArray(container);
  for (const [key, value] of Object.entries(container)) {
    const place = isList ? `${path}[]` : `${path}.${JSON.stringify(key)}`;
    if (typeof value !== "object" || value === null) {
      marks.add(shortened(`${place}=${JSON.stringify(value)}`));
      continue;
    }
    if (!sparse || isEmpty(value)) marks.add(shortened(place + (isArray(value) ? "[" : "{")));
    addMarks(marks, place, value, sparse);
  }
};

const isSufficient = (part: Json): boolean => {
  if (isArray(part)) return part.every((item) => countLeaves(item) <= 1 && isSufficient(item));
  if (typeof part === "object" && part !== null) return Object.values(part).every(isSufficient);
  return true;
};

const countLeaves = (part: Json): number => {
  if (typeof part !== "object" || part === null || isEmpty(part)) return 1;
  return Object.values(part).reduce((sum: number, value: Json) => sum + countLeaves(value), 0);
};

const isEmpty = (container: object): boolean => Object.keys(container).length === 0;
const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

const longest = 64;

/** Long marks end in their hash, and are longer than any short one: the two can't be mistaken for each other. */
const shortened = (mark: string): string =>
  mark.length <= longest
    ? mark
    : `${mark.slice(0, 24).toWellFormed()}#${createHash("sha256").update(mark).digest("base64url")}`;
