import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { buildModule, listedPasswords, moduleFile } from "../../scripts/build-common-passwords.ts";
import { commonPasswords } from "../../src/builtin/common-passwords.ts";

const blocklist = commonPasswords();

test("the table is what the script makes of the listed passwords", () => {
  expect(listedPasswords()).toHaveLength(17_950);
  expect(readFileSync(moduleFile, "utf8") === buildModule(listedPasswords())).toBe(true);
});

test("every listed password is common, in any letter case", () => {
  const missed = listedPasswords().filter(
    (password) => !blocklist.has(password) || !blocklist.has(password.toUpperCase()),
  );
  expect(missed).toHaveLength(0);
});

test("passwords that nobody listed are not common", () => {
  const found = Array.from({ length: 10_000 }, (_, index) => `nobody listed number ${index}`).filter(blocklist.has);
  expect(found).toEqual([]);
});

test("a listed password with something beside it is not common", () => {
  expect(blocklist.has("password1 and a kettle")).toBe(false);
  expect(blocklist.has(" password1")).toBe(false);
  expect(blocklist.has("")).toBe(false);
});

test("the table holds no readable word", () => {
  expect(readFileSync(moduleFile, "utf8")).toMatch(/=\n? +"[A-Za-z0-9+/=]{119668}";\n$/);
});
