import type { Migration } from "@muster/store-kysely";
import { describe, expect, it } from "vitest";
import { migrations } from "../src/schema.ts";
import { later } from "./later-migrations.ts";

/** What is wrong with a migration of tables that have rows: nobody who writes may have to wait for it. */
const brokenIn = (migration: Migration): readonly string[] => {
  const { statements, isOnline = false } = migration;
  const fresh = new Set(statements.map((sql) => /^create table (\w+)/.exec(sql)?.[1]));
  const validations = statements.filter((sql) => / validate constraint /.test(sql));
  return statements.filter((sql) => {
    const index = /^create (?:unique )?index (concurrently )?\w+ on (\w+)/.exec(sql);
    if (index !== null) return index[1] === undefined ? isOnline || !fresh.has(index[2]) : !isOnline;
    const table = /^alter table (\w+)/.exec(sql)?.[1];
    if (isOnline) return true;
    if (table === undefined || fresh.has(table)) return false;
    if (/ validate constraint /.test(sql)) return validations.length < statements.length;
    if (/ add (?:constraint|check|foreign key|unique|primary key)/.test(sql)) return !/ not valid$/.test(sql);
    return /set not null|\btype\b|generated|unique|primary key|references/.test(sql);
  });
};

const aMigration = (statements: readonly string[], isOnline = false): Migration => ({
  version: 2,
  name: "a migration",
  statements,
  isOnline,
});

describe("migrations after the first", () => {
  it("neither rewrite tables that have rows nor keep anybody from writing to them", () => {
    const [, ...others] = migrations;
    expect([...others, ...later].flatMap(brokenIn)).toEqual([]);
  });

  it.each([
    ["an index made in a transaction", ["create index muster_a on muster_users (id)"], false],
    ["an index made concurrently inside one", ["create index concurrently muster_a on muster_users (id)"], false],
    ["anything but indexes outside one", ["alter table muster_users add column a text"], true],
    [
      "a constraint that is checked at once",
      ["alter table muster_users add constraint muster_a check (id <> '')"],
      false,
    ],
    [
      "a constraint validated while the lock of another statement is held",
      [
        "alter table muster_users add constraint muster_a check (id <> '') not valid",
        "alter table muster_users validate constraint muster_a",
      ],
      false,
    ],
    ["a column that may not be null any more", ["alter table muster_users alter column email set not null"], false],
    ["a column of another type", ["alter table muster_users alter column version type bigint"], false],
    [
      "a column that is computed",
      ["alter table muster_users add column a text generated always as (id) stored"],
      false,
    ],
  ])("would be found out with %s", (_, statements, isOnline) => {
    expect(brokenIn(aMigration(statements, isOnline))).not.toEqual([]);
  });
});
