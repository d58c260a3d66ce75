import { randomBytes, randomInt } from "node:crypto";
import { dictionary } from "@zxcvbn-ts/language-common";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PasswordOwner } from "../../src/authentication/new-password.ts";
import { makePasswordPolicy, type PasswordPolicyOptions } from "../../src/authentication/password-policy.ts";
import { commonPasswords } from "../../src/builtin/common-passwords.ts";
import { InvalidConfiguration } from "../../src/errors.ts";
import { passwords } from "../fixtures/passwords.ts";

const nobody: PasswordOwner = { username: null, email: null, firstName: null, lastName: null, displayName: null };

const rulesOf = (password: string, owner: Partial<PasswordOwner> = {}, options: PasswordPolicyOptions = {}) =>
  makePasswordPolicy(options, commonPasswords())(password, { ...nobody, ...owner }).map((issue) => issue.rule);

const tina = { email: "testiotina0032@mailinator.com", firstName: "Test", lastName: "Iotina" };

describe("passwords that must work", () => {
  test.each(passwords.mustWork)("%j is accepted", (password) => expect(rulesOf(password, tina)).toEqual([]));

  test("a thousand random passphrases are accepted", () => {
    const words = dictionary["diceware-common"];
    const word = () => words[randomInt(words.length)] ?? "";
    for (let round = 0; round < 1_000; round++) {
      expect(rulesOf([word(), word(), word(), word()].join(" "), tina, { productNames: ["Muster"] })).toEqual([]);
    }
  });

  test("no kind of character is asked for", () => {
    expect(rulesOf("only letters and spaces")).toEqual([]);
    expect(rulesOf("48150716234207964851")).toEqual([]);
    expect(rulesOf("雨降って地固まると言います")).toEqual([]);
    expect(rulesOf("🦊🌧🍵🚲🪁🎻🧭🥨")).toEqual([]);
    for (let round = 0; round < 100; round++) expect(rulesOf(randomBytes(12).toString("base64url"))).toEqual([]);
  });
});

describe("passwords that are refused", () => {
  test.each(passwords.refuse)("$password breaks $rule", ({ password, rule }) =>
    expect(rulesOf(password, tina)).toContain(rule),
  );

  test("every broken rule is named, with the field and a sentence that does not repeat the password", () => {
    const judge = makePasswordPolicy({ minLength: 15 }, commonPasswords());
    const issues = judge("qwertyuiop", { ...nobody, username: "qwertyuiop" });
    expect(issues.map((issue) => issue.rule)).toEqual([
      "password_too_short",
      "password_too_common",
      "password_context_word",
      "password_repetitive",
    ]);
    for (const issue of issues) {
      expect(issue.field).toBe("password");
      expect(issue.message).not.toContain("qwertyuiop");
    }
  });

  test("a text with U+0000 or half a character anywhere is malformed", () => {
    expect(rulesOf("correct horse\u0000battery")).toEqual(["password_malformed"]);
    expect(rulesOf("correct horse \udc00 battery")).toEqual(["password_malformed"]);
  });
});

describe("length", () => {
  const random = fc.string({ unit: "grapheme", minLength: 40, maxLength: 300 }).map((text) => [...text]);

  test("8 to 256 code points are accepted, whatever their bytes", () => {
    const cut = fc.tuple(random, fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(cut, ([characters, length]) => {
        const rules = rulesOf(characters.slice(0, length).join(""));
        expect(rules.includes("password_too_short")).toBe(length < 8);
      }),
    );
    expect(rulesOf("🔐".repeat(256))).toEqual([]);
    expect(rulesOf("🔐".repeat(257))).toEqual(["password_too_long"]);
    expect(rulesOf(`${"no cut ".repeat(36)}here`)).toEqual([]);
    expect(rulesOf(`${"no cut ".repeat(36)}there`)).toEqual(["password_too_long"]);
  });

  test("the least length may be raised", () => {
    expect(rulesOf("a decent one", {}, { minLength: 15 })).toEqual(["password_too_short"]);
    expect(rulesOf("a decent long one", {}, { minLength: 15 })).toEqual([]);
  });

  test.each([{ minLength: 7 }, { minLength: 8.5 }, { minLength: 257 }, { maxLength: 63 }, { maxLength: Number.NaN }])(
    "%j makes no sense",
    (options) => expect(() => makePasswordPolicy(options, commonPasswords())).toThrow(InvalidConfiguration),
  );

  test("a megabyte is refused without asking the block list or reading further", () => {
    const asked: string[] = [];
    const judge = makePasswordPolicy({}, { has: (password) => asked.push(password) > 0 });
    expect(judge("a".repeat(1_048_576), nobody).map((issue) => issue.rule)).toEqual(["password_too_long"]);
    expect(asked).toEqual([]);
  });

  test("the block list is asked once for a password of the greatest length", () => {
    const asked: string[] = [];
    const judge = makePasswordPolicy({}, { has: (password) => asked.push(password) === 0 });
    expect(judge("no cut ".repeat(36), nobody)).toEqual([]);
    expect(asked).toHaveLength(1);
  });
});

describe("when guessable passwords are allowed", () => {
  const options = { allowGuessable: true, productNames: ["Sunflower"] };

  test("common, own and straight ones pass", () => {
    expect(rulesOf("12345678", {}, options)).toEqual([]);
    expect(rulesOf("testiotina0032", tina, options)).toEqual([]);
    expect(rulesOf("sunflower1", {}, options)).toEqual([]);
  });

  test("short, long and malformed ones do not", () => {
    expect(rulesOf("1234567", {}, options)).toEqual(["password_too_short"]);
    expect(rulesOf("a".repeat(257), {}, options)).toEqual(["password_too_long"]);
    expect(rulesOf("\u0000".repeat(8), {}, options)).toEqual(["password_malformed"]);
  });
});
