import type { User, UserCondition } from "@muster/core/ports";
import { aUser, insertUsers, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../src/index.ts";
import { temporaryFiles } from "./temporary.ts";

const newFile = temporaryFiles();
const fields = ["username", "email", "firstName", "lastName", "displayName"] as const;

/** What a statement of a list does, told by its text. */
const kindOf = (sql: string): string => {
  if (sql.startsWith("select count(*)")) return "look-up in the index";
  if (/ limit 40\) as "w"/.test(sql)) return "walk over 40 users at most";
  if (/from "muster_users" as "u".* order by /.test(sql)) return "walk";
  if (sql.includes('"e"."value" as "user_seq"')) return sql.includes('"u"."email"') ? "candidates" : "their places";
  return "page";
};

/**
 * Searches 400 users for the newest five with a text. Ten candidates are read at once, more than 40 never: a tenth of
 * what such a list may have, so that the differences show among few users.
 */
const searching = (text: string, nameOf: (number: number) => Partial<User>, more: readonly UserCondition[] = []) =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const ran: string[] = [];
        const options = {
          synchronous: "normal",
          candidateCap: 40,
          onStatement: (sql: string) => ran.push(sql),
        } as const;
        const storage = yield* sqliteStore(newFile(), options).open;
        const users = Array.from({ length: 400 }, (_, number) =>
          aUser({ firstName: "Jo", lastName: "Doe", createdAt: moment(number * 1000), ...nameOf(number) }),
        );
        yield* insertUsers(storage, "acme", users);
        ran.length = 0;
        const where: UserCondition = { kind: "all", of: [{ kind: "search", fields, text }, ...more] };
        const page = { where, sortBy: "createdAt", descending: true, limit: 5 } as const;
        const found = yield* storage.users.list("acme", page);
        return { found: found.map(({ id }) => users.findIndex((user) => user.id === id)), ran: ran.map(kindOf) };
      }),
    ),
  );

const every = (nth: number, firstName: string) => (number: number) => (number % nth === 0 ? { firstName } : {});

describe("a search", () => {
  it("of few hits reads them", async () => {
    const { found, ran } = await searching("lovelace", every(50, "Lovelace"));
    expect(found).toEqual([350, 300, 250, 200, 150]);
    expect(ran).toEqual(["look-up in the index", "candidates"]);
  });

  it("of hits that stand close together walks until the page is full, and looks no further than it has to in the index", async () => {
    const { found, ran } = await searching("berg", every(3, "Berg"));
    expect(found).toEqual([399, 396, 393, 390, 387]);
    expect(ran).toEqual(["look-up in the index", "walk"]);
  });

  it("walks a part of the way if it was asked in brief, or for something else as well", async () => {
    const brief = await searching("bergmann", every(3, "Bergmann"));
    expect(brief.found).toEqual([399, 396, 393, 390, 387]);
    expect(brief.ran).toEqual(["look-up in the index", "walk over 40 users at most"]);
    const enabled: UserCondition = { kind: "oneOf", field: "status", values: ["enabled"] };
    expect((await searching("berg", every(3, "Berg"), [enabled])).ran).toEqual(brief.ran);
  });

  it("of hits that are few among many users reads the places of all, then the page", async () => {
    const { found, ran } = await searching("lovelace", every(20, "Lovelace"));
    expect(found).toEqual([380, 360, 340, 320, 300]);
    expect(ran).toEqual(["look-up in the index", "look-up in the index", "their places", "page"]);
  });

  it("does not read all users when everybody has parts of a text and hardly anybody the text", async () => {
    const { found, ran } = await searching("abcdefgh", (number) =>
      number === 7 ? { firstName: "Abcdefgh" } : { firstName: "Abc", lastName: "Def", displayName: "Fgh" },
    );
    expect(found).toEqual([7]);
    expect(ran).toEqual([
      "look-up in the index",
      "walk over 40 users at most",
      "look-up in the index",
      "look-up in the index",
      "candidates",
    ]);
  });

  it("that walked in vain finds those who stand beyond", async () => {
    const { found } = await searching("bergmann", (number) => (number < 200 ? { firstName: "Bergmann" } : {}));
    expect(found).toEqual([199, 198, 197, 196, 195]);
  });
});
