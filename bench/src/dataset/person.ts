import { comparable } from "@muster/core/ports";

/** A user of the data set, as `create` would take it, with its id and instant. */
export interface Person {
  readonly id: string;
  readonly createdAt: Date;
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly displayName: string;
  readonly phoneNumber: string | null;
  readonly locale: string;
  readonly tags: readonly string[];
  readonly metadata: { readonly team: string; readonly level: number; readonly address: { readonly city: string } };
  readonly role: "user" | "admin";
  readonly status: "enabled" | "disabled";
}

/** The password of everybody. */
export const password = "correct horse battery";

/** How many users bear the name that the selective search looks for, whatever the size of the data set. */
export const rareHits = 60;
export const rareName = "Lovelace";
/** The tag and the city that one user in a hundred has, and a part of the last name of one in twenty. */
export const rareTag = "vip";
export const rareCity = "city-17";
export const commonPart = "berg";

const epoch = Date.UTC(2021, 0, 1);
const syllables = [
  "ka",
  "lo",
  "mi",
  "ren",
  "tas",
  "vel",
  "dor",
  "shi",
  "pau",
  "nel",
  "gri",
  "on",
  "bra",
  "zu",
] as const;
const domains = ["example.com", "example.org", "mail.example.net", "post.example.edu"] as const;
const locales = ["en-GB", "de", "pt-BR", "ja"] as const;
const teams = ["red", "blue", "green", "black", "white", "amber", "cyan", "rose", "lime", "grey"] as const;

/** The user at a place of a data set: the same for the same place and size, on every machine. */
export const personAt = (index: number, size: number): Person => {
  const random = randomOf(index);
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
    items[Math.floor(random() * items.length)] ?? items[0];
  const firstName = capital(pick(syllables) + pick(syllables));
  const isRare = index % Math.floor(size / rareHits) === 7 && index < Math.floor(size / rareHits) * rareHits;
  const isCommon = random() < 0.05;
  const lastName = isRare
    ? rareName
    : capital(pick(syllables) + pick(syllables) + (isCommon ? commonPart : pick(syllables)));
  const username = `${comparable(firstName)}.${comparable(lastName)}${index}`;
  const tags = new Set([`team-${Math.floor(random() * 40)}`, `cohort-${Math.floor(random() * 200)}`]);
  if (index % 100 === 42) tags.add(rareTag);
  const createdAt = new Date(epoch + Math.floor(index / 2) * 60_000);
  return {
    id: idOf(createdAt, random),
    createdAt,
    username,
    email: `${username}@${pick(domains)}`,
    firstName,
    lastName,
    displayName: `${firstName} ${lastName}`,
    phoneNumber: random() < 0.5 ? `+49 30 ${Math.floor(random() * 1e7)}` : null,
    locale: pick(locales),
    tags: [...tags],
    metadata: {
      team: pick(teams),
      level: Math.floor(random() * 10),
      address: { city: `city-${index % 100 === 63 ? 17 : 20 + Math.floor(random() * 80)}` },
    },
    role: index === 0 ? "admin" : "user",
    status: index % 20 === 11 ? "disabled" : "enabled",
  };
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** RFC 9562 §5.7, its random bits from the seed. */
const idOf = (at: Date, random: () => number): string => {
  const hex = (length: number): string => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join("");
  const time = at.getTime().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-a${hex(3)}-${hex(12)}`;
};

/** Mulberry32: 32 bits of state are plenty for one user. */
const randomOf = (seed: number): (() => number) => {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Somebody who is in no data set, as `create` takes them. */
export const newcomer = (index: number): Omit<Person, "id" | "createdAt"> => {
  const { id: _id, createdAt: _createdAt, ...person } = personAt(index + 10_000_000, 1_000_000_000);
  return { ...person, status: "enabled", role: "user" };
};
