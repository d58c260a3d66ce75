import { describe, expect, test } from "vitest";
import { isStraightRuns } from "../../src/authentication/straight-runs.ts";

describe("straight runs", () => {
  test.each([
    "aaaaaaaaaaaaaaaa",
    "        ",
    "........",
    "éééééééé",
    "12345678",
    "87654321",
    "7890123456",
    "abcdefgh",
    "QWERTYUIOP",
    "poiuytrewq",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "111222333",
    "abc123xyz",
    "abcdcba123",
  ])("%j is one", (password) => expect(isStraightRuns(password)).toBe(true));
});

describe("anything beside a run makes it none", () => {
  test.each([
    "",
    "12345678 but why",
    "aaaaaaaaaab",
    "abababab",
    "13579135",
    "qazwsxedc",
    "🔐🔐🔐🔐🔐🔐🔐🔐",
    "correct horse",
  ])("%j", (password) => expect(isStraightRuns(password)).toBe(false));
});
