import type { Json, JsonObject } from "../kernel/json.ts";
import type { User, UserStatus } from "../user/user.ts";
import { aUser, changed, moment } from "./a-user.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Few letters, so that texts share parts; and what folds, composes, sorts or escapes in an unusual way. */
const letters = [
  ..."aabbAB",
  ..."%_\\'\"*?[]^$.-@ 1",
  "\u00E9",
  "e\u0301",
  "\u00DF",
  "\uFF21",
  "\u0130",
  "\u0131",
  "\u212A",
  "\u03A3",
  "\u4E2D",
  "\uE000",
  "\u{10400}",
  "\u{1F600}",
];
const words = [
  "Lovelace",
  "ada",
  "Ada",
  "ＡＤＡ",
  "O'Hara",
  "100%",
  "a_b",
  "Strauß",
  "中文",
  "\u{1F469}\u200D\u{1F680}",
  "café",
];

/** A text of 1 to about 30 characters, often sharing a word with others. */
export const randomText = (random: SeededRandom): string => {
  const pieces = random.some(4, () => random.pick(random.chance(0.4) ? words : letters));
  return pieces.length === 0 ? random.pick(words) : pieces.join(random.chance(0.3) ? " " : "");
};

const keys = ["team", "size", "a.b", "", "__proto__", 'quo"te', "é"];
const scalars: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  10,
  0.1,
  1e21,
  2 ** 53,
  "",
  "1",
  "true",
  "null",
  "blue",
  "Blue",
  "é",
  "%",
];

/** A JSON value of a small vocabulary, at most so many levels deep. */
export const randomJson = (random: SeededRandom, depth: number): Json => {
  if (depth === 0 || random.chance(0.5)) return random.pick(scalars);
  return random.chance(0.5) ? random.some(3, () => randomJson(random, depth - 1)) : randomJsonObject(random, depth);
};

/** A JSON object of a small vocabulary. */
export const randomJsonObject = (random: SeededRandom, depth: number): JsonObject =>
  Object.fromEntries(random.some(3, () => [random.pick(keys), randomJson(random, depth - 1)] as const));

/** A few instants, so that many users share one. */
export const randomMoment = (random: SeededRandom): Date => moment(random.below(6) * 1000);

/** The tags that random users have. */
export const randomTag = (random: SeededRandom): string =>
  random.pick(["red", "Red", "blue", "b%", "b_", "中", "\u{1F600}"]);

const statuses: readonly UserStatus[] = ["pending", "enabled", "enabled", "disabled", "deleted"];

const maybeOf = <Value>(random: SeededRandom, draw: () => Value): Value | null => (random.chance(0.6) ? draw() : null);

/**
 * So many different users who could all be in one tenant. Fields are often absent, values often shared, texts often
 * awkward; names are unique in their canonical forms.
 */
export const randomUsers = (random: SeededRandom, count: number): readonly User[] =>
  Array.from({ length: count }, (_, number) => {
    const maybe = <Value>(draw: () => Value): Value | null => maybeOf(random, draw);
    const id = `${random.pick(["a", "B", "z", "~", "_", "0"])}${number}`;
    const email = maybe(
      () =>
        `${random.pick(["Ada", "ada", "a+b", "o'hara", "用户"])}.${number}@${random.pick(["x.test", "X.Test", "münchen.test"])}`,
    );
    const username = random.chance(0.3) && email !== null ? null : `${randomText(random)} ${number}`;
    const [firstLoginAt, lastLoginAt] = [maybe(() => randomMoment(random)), maybe(() => randomMoment(random))];
    return aUser({
      id,
      username,
      email,
      emailVerifiedAt: maybe(() => randomMoment(random)),
      firstName: maybe(() => randomText(random)),
      lastName: maybe(() => randomText(random)),
      displayName: maybe(() => randomText(random)),
      phoneNumber: maybe(() => `+1 ${random.below(20)}`),
      locale: maybe(() => random.pick(["pt-BR", "pt-br", "en"])),
      pictureUrl: maybe(() => `https://x.test/${random.pick(["Ada", "ada", "%41da", "a_a"])}.png`),
      tags: [...new Set(random.some(4, () => randomTag(random)))],
      metadata: randomJsonObject(random, 4),
      privateMetadata: randomJsonObject(random, 3),
      role: random.pick(["user", "user", "admin"]),
      status: random.pick(statuses),
      ownerId: maybe(() => `${random.pick(["a", "B"])}${random.below(count)}`),
      createdAt: randomMoment(random),
      updatedAt: maybe(() => randomMoment(random)),
      updatedBy: maybe(() => `a${random.below(5)}`),
      version: 1 + random.below(4),
      firstLoginAt,
      lastLoginAt,
      loginCount: random.below(4),
    });
  });

/** The user after an update that took names, tags and metadata from nowhere; username, email and status stay. */
export const randomChange = (random: SeededRandom, user: User): User => {
  const maybe = <Value>(draw: () => Value): Value | null => maybeOf(random, draw);
  return changed(user, {
    firstName: maybe(() => randomText(random)),
    lastName: maybe(() => randomText(random)),
    displayName: maybe(() => randomText(random)),
    tags: [...new Set(random.some(4, () => randomTag(random)))],
    metadata: randomJsonObject(random, 4),
    privateMetadata: randomJsonObject(random, 3),
    updatedAt: randomMoment(random),
    updatedBy: maybe(() => `a${random.below(5)}`),
  });
};
