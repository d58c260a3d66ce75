import { describe, expect, test } from "vitest";
import { makeContextWords } from "../../src/authentication/context-words.ts";

const isContextWord = makeContextWords(["Sunflower CRM", "Acme"]);

const jane = {
  username: "moonwalker77",
  email: "jane.cartwright+home@mail.greenhills.example",
  firstName: "Jané",
  lastName: "Cartwright",
  displayName: "Captain Jané",
};

describe("a password that is a word of its setting is one", () => {
  test.each([
    ["the username", "moonwalker77"],
    ["the username in capitals", "MoonWalker77"],
    ["the username without its digits", "moonwalker"],
    ["the username with other digits", "moonwalker2026!"],
    ["the username backwards", "77reklawnoom"],
    ["the email", "jane.cartwright+home@mail.greenhills.example"],
    ["the email's local part", "jane.cartwright+home"],
    ["a part of the local part", "cartwright"],
    ["a label of the email's domain", "greenhills1"],
    ["the first name with digits around", "123jané456"],
    ["the first name in full width", "ＪＡＮÉ１２３４"],
    ["the last name backwards with punctuation", "!!thgirwtrac!!"],
    ["a letter at a time", "c-a-r-t-w-r-i-g-h-t"],
    ["first and last name", "janécartwright"],
    ["last and first name", "Cartwright Jané"],
    ["the display name", "captain jané"],
    ["the product", "sunflowercrm"],
    ["a word of the product", "Sunflower2026"],
    ["the company", "acme12345"],
  ])("%s", (_, password) => expect(isContextWord(password, jane)).toBe(true));
});

describe("a password that only holds such a word is none", () => {
  test.each([
    ["words beside it", "cartwright rides a bicycle"],
    ["letters beside it", "xcartwright"],
    ["a label of three letters", "crm12345"],
    ["digits alone", "77000077"],
    ["nothing", ""],
  ])("%s", (_, password) => expect(isContextWord(password, jane)).toBe(false));
});

test("a user without names has no words", () => {
  const nobody = { username: null, email: null, firstName: null, lastName: null, displayName: null };
  expect(isContextWord("null", nobody)).toBe(false);
  expect(isContextWord("moonwalker77", nobody)).toBe(false);
  expect(isContextWord("sunflower", nobody)).toBe(true);
});

test("a username of digits and punctuation is a word as it stands", () => {
  const owner = { ...jane, username: "1984-06-08" };
  expect(isContextWord("1984-06-08", owner)).toBe(true);
  expect(isContextWord("1984-06-09", owner)).toBe(false);
});

test("digits inside a word count", () => {
  const owner = { ...jane, username: "k9x7z" };
  expect(isContextWord("!k9x7z2026", owner)).toBe(true);
  expect(isContextWord("!k9x8z2026", owner)).toBe(false);
});
