import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brokenNames, type NameOptions, namingOf, quoted } from "../src/names.ts";

const [tables, others] = [["muster_users", "muster_sessions"], ["muster_users_by_email"]];
const broken = (options: unknown) => brokenNames(options as NameOptions, tables, others);

describe("names", () => {
  it("are ours unless others are chosen", () => {
    const nameOf = namingOf({});
    expect([...tables, ...others].map(nameOf)).toEqual([...tables, ...others]);
  });

  it("follow the prefix, but for tables with a name of their own", () => {
    const nameOf = namingOf({ tablePrefix: "app_", tables: { users: "people" } });
    expect([...tables, ...others].map(nameOf)).toEqual(["people", "app_sessions", "app_users_by_email"]);
  });

  it("may go without a prefix", () => {
    expect(namingOf({ tablePrefix: "" })("muster_sessions")).toBe("sessions");
    expect(broken({ tablePrefix: "" })).toBeUndefined();
  });

  it("are quoted so that nothing in them ends the quotes", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('"', "a", "\\", "'", "$") }), (name) => {
        const inside = quoted(name).slice(1, -1);
        expect(inside.replaceAll('""', "")).not.toContain('"');
        expect(inside.replaceAll('""', '"')).toBe(name);
      }),
    );
  });

  it.each([
    ["a prefix that is no text", { tablePrefix: 7 }, "tablePrefix is a text of at most 20 bytes"],
    ["a prefix that is too long", { tablePrefix: "ä".repeat(11) }, "tablePrefix is a text of at most 20 bytes"],
    ["a prefix with a NUL", { tablePrefix: "a\0" }, "tablePrefix is a text of at most 20 bytes"],
    ["half a character", { tablePrefix: "\ud800" }, "tablePrefix is a text of at most 20 bytes"],
    ["a list of tables", { tables: ["users"] }, 'tables is an object with names of tables, e.g. { users: "people" }'],
    ["an unknown table", { tables: { posts: "posts" } }, "tables.posts is no table of Muster"],
    ["a table by its long name", { tables: { muster_users: "u" } }, "tables.muster_users is no table of Muster"],
    ["an empty name", { tables: { users: "" } }, "tables.users is a name of 1 to 63 bytes"],
    ["a name that would be cut", { tables: { users: "u".repeat(64) } }, "tables.users is a name of 1 to 63 bytes"],
    ["one name for two tables", { tables: { users: "a", sessions: "A" } }, "the name 'a' is given to two things"],
    [
      "a table with the name of an index",
      { tables: { sessions: "muster_users_by_email" } },
      "the name 'muster_users_by_email' is given to two things",
    ],
  ])("are refused in a sentence: %s", (_, options, sentence) => {
    expect(broken(options)).toBe(sentence);
  });
});
