import type { Json, JsonObject } from "../kernel/json.ts";
import { comparable } from "../kernel/text.ts";
import type { User } from "../user/user.ts";
import type {
  ExactField,
  FoldedField,
  NullableField,
  PlainTextField,
  RangeField,
  UserCondition,
  UserPosition,
  UserSelection,
} from "../user/user-condition.ts";
import type { UserSortField } from "../user/user-filter.ts";
import { placeOf, sortFields } from "./place-of.ts";
import { randomJson, randomJsonObject, randomMoment, randomTag, randomText } from "./random-users.ts";
import type { SeededRandom } from "./seeded-random.ts";

const foldedFields: readonly FoldedField[] = ["username", "email", "firstName", "lastName", "displayName"];
const plainFields: readonly PlainTextField[] = ["phoneNumber", "locale", "pictureUrl"];
const exactFields: readonly ExactField[] = ["id", "ownerId", "updatedBy", "status", "role"];
const instants = ["createdAt", "updatedAt", "deletedAt", "emailVerifiedAt", "firstLoginAt", "lastLoginAt"] as const;
const numbers = ["version", "loginCount"] as const;
const rangeFields: readonly RangeField[] = [...instants, ...numbers];
const nullableFields: readonly NullableField[] = [
  "ownerId",
  "updatedBy",
  ...foldedFields,
  ...plainFields,
  "updatedAt",
  "deletedAt",
  "emailVerifiedAt",
  "firstLoginAt",
  "lastLoginAt",
];

/**
 * A condition of any kind, nested at most so deep, whose values are often those of the given users or parts of them, so
 * that it finds some and not all. Decoded already: texts are comparable where their field is.
 */
export const randomCondition = (random: SeededRandom, users: readonly User[], depth: number): UserCondition => {
  if (depth > 0 && random.chance(0.5)) {
    const inner = (): UserCondition => randomCondition(random, users, depth - 1);
    const kind = random.pick(["all", "any", "not"] as const);
    return kind === "not" ? { kind, of: inner() } : { kind, of: random.some(3, inner) };
  }
  return random.pick(leaves)(random, random.pick(users), users);
};

type Leaf = (random: SeededRandom, user: User, users: readonly User[]) => UserCondition;

const leaves: readonly Leaf[] = [
  (random) => ({ kind: "absent", field: random.pick(nullableFields) }),
  (random, _, users) => {
    const field = random.pick(exactFields);
    const values = random.some(3, () => random.pick(users)[field] ?? "nobody");
    return { kind: "oneOf", field, values };
  },
  (random, user) => {
    const field = random.pick([...foldedFields, ...plainFields]);
    const form = isFolded(field) ? comparable : (text: string) => text;
    const whole = user[field] ?? randomText(random);
    if (random.chance(0.2))
      return { kind: "oneOf", field, values: [form(whole), ...random.some(2, () => form(randomText(random)))] };
    return random.chance(0.5)
      ? { kind: "contains", field, text: form(partOfText(random, whole)) }
      : { kind: "prefix", field, text: form([...whole].slice(0, random.below(6)).join("")) };
  },
  (random, user) => {
    const field = random.pick(rangeFields);
    const own = user[field] ?? randomMoment(random);
    const value = (own instanceof Date ? own.getTime() : own) + random.pick([-1, 0, 0, 1]);
    return { kind: random.pick(["equals", "after", "before"]), field, value };
  },
  (random) => ({
    kind: "tags",
    match: random.pick(["any", "all", "none"]),
    tags: random.some(3, () => randomTag(random)),
  }),
  (random, user) => {
    const field = random.pick(["metadata", "privateMetadata"] as const);
    return { kind: "json", field, part: partOfObject(random, user[field]) };
  },
  (random, user) => {
    const text = user[random.pick(foldedFields)] ?? randomText(random);
    const fields = random.chance(0.5) ? foldedFields : [...new Set(random.some(4, () => random.pick(foldedFields)))];
    return { kind: "search", fields, text: comparable(partOfText(random, text)) };
  },
];

const isFolded = (field: FoldedField | PlainTextField): field is FoldedField =>
  foldedFields.some((folded) => folded === field);

const partOfText = (random: SeededRandom, text: string): string => {
  const characters = [...text];
  const start = random.below(characters.length);
  return characters.slice(start, start + random.below(8)).join("");
};

/** Mostly something the object contains, sometimes something near it. */
const partOfObject = (random: SeededRandom, whole: JsonObject): JsonObject => {
  if (random.chance(0.1)) return randomJsonObject(random, 3);
  const kept = Object.entries(whole).filter(() => random.chance(0.6));
  return Object.fromEntries(kept.map(([key, value]) => [key, partOfJson(random, value)]));
};

const partOfJson = (random: SeededRandom, whole: Json): Json => {
  if (random.chance(0.05)) return randomJson(random, 2);
  if (whole === null || typeof whole !== "object") return whole;
  if (!isArray(whole)) return partOfObject(random, whole);
  return whole.length === 0 ? whole : random.some(3, () => partOfJson(random, random.pick(whole)));
};

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);

/** A page of any size, from any place, in any order, of what a condition finds. */
export const randomSelection = (random: SeededRandom, users: readonly User[]): UserSelection => {
  const sortBy = random.pick(sortFields);
  return {
    where: randomCondition(random, users, random.below(4)),
    sortBy,
    descending: random.chance(0.5),
    limit: random.pick([1, 2, 5, 20, 1000]),
    ...(random.chance(0.5) ? { after: randomPlace(random, users, sortBy) } : {}),
    ...(random.chance(0.3) ? { offset: random.below(12) } : {}),
  };
};

const randomPlace = (random: SeededRandom, users: readonly User[], sortBy: UserSortField): UserPosition => {
  const place = placeOf(random.pick(users), sortBy);
  return random.chance(0.8) ? place : { ...place, id: random.pick(["", "M", "~~", "\u{1F600}"]) };
};
