import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { JsonObject } from "../../kernel/json.ts";
import { comparable } from "../../kernel/text.ts";
import { everyone } from "../../user/user-condition.ts";
import { aUser, moment } from "../a-user.ts";
import { anAuditEvent, aSession } from "../fixtures.ts";
import { forEachOf, type Room, type Scenario, tenant } from "./room.ts";

const texts: readonly (readonly [what: string, text: string])[] = [
  ["quotes", `'"\`''""; drop table users; --`],
  ["wildcards", "%_*?[a-z]^$.\\%\\_"],
  ["backslashes", "\\ \\\\ \\u0000 \\n \\' \\x00"],
  ["emoji of several parts", "\u{1F469}\u{1F3FD}\u200D\u{1F680} \u{1F1E7}\u{1F1F7} 1\uFE0F\u20E3"],
  ["combining marks in either order", "e\u0301\u0323 e\u0323\u0301 \u00E9 e\u0301"],
  ["right-to-left writing", "\u05E9\u05DC\u05D5\u05DD \u0645\u0631\u062D\u0628\u0627 \u202Eabc\u202C"],
  ["controls but U+0000", "\u0001\u0007\b\t\n\v\f\r\u001B\u007F\u0085\u2028\u2029\uFEFF"],
  ["the edges of the planes", "\uD7FF\uE000\uFDD0\uFFFE\uFFFF\u{10000}\u{1FFFF}\u{20000}\u{E0001}\u{F0000}\u{10FFFF}"],
  ["numbers and words with a meaning elsewhere", "0 -1 1e3 null true NaN Infinity undefined 2026-01-01T00:00:00Z"],
  ["spaces at both ends", "  \u00A0\u3000 x \u3000\u00A0  "],
  ["JSON and SQL", `{"a":[1]} $1 ?1 :name @x /* */ $$x$$ x'00'`],
];

/** One character out of every 61, from U+0001 to U+10FFFF, in texts that fit a name. */
const planes: readonly string[] = (() => {
  const characters: string[] = [];
  for (let point = 1; point <= 0x10ffff; point += 61) {
    if (point < 0xd800 || point > 0xdfff) characters.push(String.fromCodePoint(point));
  }
  const chunks: string[] = [];
  for (let start = 0; start < characters.length; start += 100)
    chunks.push(characters.slice(start, start + 100).join(""));
  return chunks;
})();

const keepsText = ([, text]: (typeof texts)[number]): Scenario =>
  Effect.fnUntraced(function* (storage) {
    const user = aUser({
      username: text,
      firstName: text,
      lastName: text,
      displayName: text,
      phoneNumber: text,
      locale: text,
      pictureUrl: text,
      tags: [text, `${text}${text}`],
      metadata: { [text]: [text, { [text]: text }] },
      privateMetadata: { [text]: text },
      ownerId: text,
    });
    const session = aSession(user.id, { client: { address: text, userAgent: text } });
    const event = anAuditEvent({ changes: [text, ""] });
    yield* storage.transact(({ users, credentials, sessions, audit }) =>
      Effect.gen(function* () {
        yield* users.insert(tenant, user);
        yield* credentials.put(tenant, user.id, text, moment());
        yield* sessions.insert(tenant, session, text);
        yield* audit.append(tenant, event);
      }),
    );
    assert.deepEqual(yield* storage.users.find(tenant, user.id), Option.some(user));
    assert.deepEqual(yield* storage.credentials.find(tenant, user.id), Option.some(text));
    assert.deepEqual(yield* storage.sessions.find(tenant, session.id), Option.some(session));
    assert.deepEqual(yield* storage.audit.list(tenant, { limit: 1 }), [event]);
    yield* storage.transact(({ users }) => users.insert(tenant, aUser({ username: "bystander" })));
    const folded = comparable(text);
    const conditions = [
      { kind: "oneOf", field: "firstName", values: [folded] },
      { kind: "prefix", field: "lastName", text: folded },
      { kind: "contains", field: "displayName", text: [...folded].slice(1).join("") },
      { kind: "contains", field: "pictureUrl", text },
      { kind: "prefix", field: "locale", text },
      { kind: "oneOf", field: "ownerId", values: [text] },
      { kind: "tags", match: "all", tags: [text] },
      { kind: "json", field: "metadata", part: { [text]: [{ [text]: text }] } },
      { kind: "search", fields: ["username", "email"], text: folded },
    ] as const;
    for (const where of conditions) assert.equal(yield* storage.users.count(tenant, where), 1, JSON.stringify(where));
  });

const depth = (levels: number): JsonObject => (levels === 1 ? {} : { deeper: depth(levels - 1) });

const jsonTexts: readonly (readonly [what: string, metadata: JsonObject])[] = [
  [
    "keys that objects inherit",
    JSON.parse('{"__proto__":{"x":1},"constructor":1,"toString":[],"hasOwnProperty":null}'),
  ],
  ["keys with dots, brackets, quotes and nothing in them", { "": 1, "a.b": 2, "a[0]": 3, "$.c": 4, '"d"': 5, "e'": 6 }],
  ["numbers of all sizes", { n: [0, 1.5, -1e-7, 1e21, 123456789012345680, 5e-324, 1.7976931348623157e308, 0.1] }],
  ["32 levels", depth(32)],
  ["nothing but empty values", { a: "", b: [], c: {}, d: null, e: false, f: 0 }],
  ["64 KiB", { text: "é".repeat(30_000), list: Array.from({ length: 300 }, (_, index) => `item ${index}`) }],
];

const keepsJson = ([, metadata]: (typeof jsonTexts)[number]): Scenario =>
  Effect.fnUntraced(function* (storage) {
    const user = aUser({ metadata, privateMetadata: { inner: metadata } });
    yield* storage.transact(({ users }) => Effect.andThen(users.insert(tenant, user), users.insert(tenant, aUser())));
    const found = Option.getOrThrow(yield* storage.users.find(tenant, user.id));
    assert.deepEqual(found, user);
    assert.deepEqual(Object.keys(found.metadata).sort(), Object.keys(metadata).sort());
    const whole = { kind: "json", field: "metadata", part: metadata } as const;
    assert.equal(yield* storage.users.count(tenant, whole), 1);
    for (const [key, value] of Object.entries(metadata)) {
      const part = Object.fromEntries([[key, value]]);
      assert.equal(yield* storage.users.count(tenant, { kind: "json", field: "metadata", part }), 1, key);
    }
  });

/** Texts and JSON of all kinds mean themselves and come back as they were. */
export const textRoundTrips: Room = {
  about: "texts",
  cases: {
    ...forEachOf(texts, ([what]) => `a text with ${what} comes back, and is found by itself`, keepsText),
    ...forEachOf(jsonTexts, ([what]) => `metadata with ${what} comes back, and contains itself`, keepsJson),

    "characters of every plane come back and sort by code point": Effect.fnUntraced(function* (storage) {
      const people = planes.map((text, number) => aUser({ id: `p${number}`, lastName: text, tags: [text] }));
      yield* storage.transact(({ users }) => Effect.forEach(people, (user) => users.insert(tenant, user)));
      const selection = { where: everyone, sortBy: "lastName", descending: false, limit: 1000 } as const;
      const found = yield* storage.users.list(tenant, selection);
      const bytes = (text: string | null) => Buffer.from(comparable(text ?? ""));
      const sorted = [...people].sort((left, right) => Buffer.compare(bytes(left.lastName), bytes(right.lastName)));
      assert.deepEqual(found, sorted);
    }),
  },
};
