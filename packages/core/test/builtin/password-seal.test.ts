import * as Redacted from "effect/Redacted";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makePasswordSeal, type Pepper } from "../../src/builtin/password-seal.ts";

const pepper = (id: string, secret = `the pepper of ${id} that nobody knows`): Pepper => ({
  id,
  secret: Redacted.make(secret),
});
const text = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g";
const house = makePasswordSeal([pepper("house")]);

test("what is sealed shows the id of its pepper, opens to what it was, and never looks the same twice", () => {
  const [first, second] = [house.close(text), house.close(text)];
  expect(first).toMatch(/^\$sealed\$house\$[A-Za-z0-9_-]+$/);
  expect(first).not.toBe(second);
  expect([house.open(first), house.open(second)]).toEqual([{ text }, { text }]);
});

test("without a pepper nothing is sealed", () => {
  const plain = makePasswordSeal([]);
  expect(plain.close(text)).toBe(text);
  expect(plain.open(text)).toEqual({ text });
  expect([plain.isCurrent(text), house.isCurrent(text)]).toEqual([true, false]);
});

test("the first pepper seals, the others open what they sealed", () => {
  const both = makePasswordSeal([pepper("new"), pepper("house")]);
  const old = house.close(text);
  expect(both.open(old)).toEqual({ text });
  expect([both.isCurrent(old), both.isCurrent(both.close(text))]).toEqual([false, true]);
  expect(house.open(both.close(text))).toEqual({ refusal: expect.stringContaining("pepper 'new'") });
});

test("another secret under the same id, and another id over the same box, open nothing", () => {
  const other = makePasswordSeal([pepper("house", "another secret of the same house")]);
  expect(other.open(house.close(text))).toEqual({ refusal: expect.stringContaining("another secret") });
  const two = makePasswordSeal([
    pepper("one", "one secret under two names"),
    pepper("two", "one secret under two names"),
  ]);
  expect(two.open(two.close(text).replace("$one$", "$two$"))).toEqual({ refusal: expect.any(String) });
});

test("a sealed text with any character changed is refused, never opened to something else", () => {
  const sealed = house.close(text);
  const change = fc.tuple(fc.nat(sealed.length - 1), fc.constantFrom(..."$AzQ09_-\0é"));
  fc.assert(
    fc.property(change, ([at, character]) => {
      const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
      const opened = house.open(changed);
      // The last character of base64 may spell the same bytes otherwise; a text that does not look sealed is itself.
      if ("text" in opened) expect([text, changed]).toContain(opened.text);
      else expect(opened.refusal).not.toContain("c2FsdHNhbHQ");
    }),
  );
});
