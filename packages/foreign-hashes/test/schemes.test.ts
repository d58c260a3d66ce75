import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { derive } from "../src/derive.ts";
import { foreignHashes } from "../src/index.ts";
import { vectors } from "./vectors.ts";

const { read } = foreignHashes();
const foreign = vectors.filter(({ stored }) => !stored.startsWith("$argon2"));
const zeros = (length: number): string => Buffer.alloc(length).toString("base64").replaceAll("=", "");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("a text is refused, with the reason, when it", () => {
  test.each([
    ["asks for bcrypt of cost 16", `$2b$16$${".".repeat(53)}`, "bcrypt", /cost is 16, outside 4 to 15/],
    ["asks for bcrypt of cost 3", `$2b$03$${".".repeat(53)}`, "bcrypt", /cost is 3/],
    ["is of bcrypt's faulty 2x", `$2x$10$${".".repeat(53)}`, "bcrypt", /version 2x/],
    ["is of the first bcrypt", `$2$10$${".".repeat(53)}`, "bcrypt", /version 2 /],
    ["is a bcrypt cut off", `$2b$10$${".".repeat(52)}`, "bcrypt", /cut off/],
    ["asks scrypt for 2 GiB", `$scrypt$ln=21,r=8,p=1$${zeros(16)}$${zeros(32)}`, "scrypt", /268435456 bytes/],
    ["asks scrypt for 64 lanes", `$scrypt$ln=17,r=8,p=64$${zeros(16)}$${zeros(32)}`, "scrypt", /over all/],
    [
      "asks scrypt for 2^999999999",
      `$scrypt$ln=999999999,r=1,p=1$${zeros(16)}$${zeros(32)}`,
      "scrypt",
      /does not allow/,
    ],
    ["asks scrypt for r=65", `$scrypt$ln=4,r=65,p=1$${zeros(16)}$${zeros(32)}`, "scrypt", /beyond 64/],
    ["asks scrypt for an unknown form", `$scrypt$ln=14,r=8,p=1,form=nfd$${zeros(16)}$${zeros(32)}`, "scrypt", /form/],
    [
      "asks Firebase's scrypt for 4 GiB",
      `$firebase-scrypt$ln=22,r=8,sep=Bw,key=${zeros(64)}$${zeros(8)}$${zeros(64)}`,
      "firebase-scrypt",
      /268435456 bytes/,
    ],
    [
      "has a signer key of another length than the hash",
      `$firebase-scrypt$ln=14,r=8,sep=Bw,key=${zeros(32)}$${zeros(8)}$${zeros(64)}`,
      "firebase-scrypt",
      /cut off/,
    ],
    ["asks PBKDF2 for a billion", `$pbkdf2-sha256$i=1000000000$${zeros(16)}$${zeros(32)}`, "pbkdf2", /1000000000 iter/],
    ["asks PBKDF2 for many blocks", `$pbkdf2-sha1$i=1000000$${zeros(16)}$${zeros(128)}`, "pbkdf2", /over all blocks/],
    ["asks PBKDF2 for 0 iterations", `$pbkdf2-sha256$i=0$${zeros(16)}$${zeros(32)}`, "pbkdf2", /cut off/],
    [
      "has a hash short enough to be met by chance",
      `$pbkdf2-sha256$i=1$${zeros(16)}$${zeros(15)}`,
      "pbkdf2",
      /cut off/,
    ],
    ["has a salted SHA of the wrong length", `$ssha$${zeros(8)}$${zeros(32)}`, "salted-sha", /cut off/],
    ["asks SHA-crypt for 999999999 rounds", `$6$rounds=999999999$x$${".".repeat(86)}`, "sha-crypt", /more than 700000/],
    ["is a sha256-crypt with a hash of sha512-crypt", `$5$x$${".".repeat(86)}`, "sha-crypt", /cut off/],
  ])("%s", (_, text, scheme, reason) => {
    expect(read(text)).toEqual({ scheme, refusal: expect.stringMatching(reason) });
  });
});

test("texts of no scheme here are left to others", () => {
  const texts = ["", "$", "$$", "correct horse", "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "$1$salt$hash", "{SSHA}AAAA"];
  expect(texts.map(read)).toEqual(texts.map(() => undefined));
});

test("a blank text holds nothing of the hash, reads like the whole one, and computes the same", () => {
  for (const { name, stored, password } of foreign) {
    const whole = read(stored);
    if (whole === undefined || "refusal" in whole) throw new Error(name);
    const blank = read(whole.blank);
    if (blank === undefined || "refusal" in blank) throw new Error(name);
    expect(blank).toEqual({ ...whole, hash: new Uint8Array(whole.hash.length) });
    expect(Buffer.from(derive(whole.blank, bytes(password)))).toEqual(Buffer.from(whole.hash));
  }
});

test("any text whatever is read without throwing, and at once", () => {
  const heads = foreign.map(({ stored }) => stored.slice(0, stored.indexOf("$", 1) + 1));
  const tail = fc.array(
    fc.oneof(fc.string(), fc.constantFrom("$", "=", ",", "i=", "ln=", "r=8", "p=1", "rounds=", "9999")),
  );
  const texts = fc.tuple(fc.constantFrom("", ...heads), tail).map(([head, parts]) => head + parts.join(""));
  const begun = performance.now();
  fc.assert(
    fc.property(texts, (text) => {
      const answer = read(text);
      if (answer !== undefined && "refusal" in answer) expect(answer.refusal).toMatch(/^It/);
    }),
    { numRuns: 2_000 },
  );
  read(`$scrypt$${"ln=1,".repeat(200_000)}`);
  read(`$6$${"$".repeat(1_000_000)}`);
  expect(performance.now() - begun).toBeLessThan(10_000);
});

test("a changed text is refused or computes something; with the old password it never is the old hash by another name", () => {
  const cheap = foreign.filter(({ stored }) => /^\$(2.\$0[4-6]|ssha|pbkdf2-sha1\$i=1000\$|5)/.test(stored));
  expect(cheap.length).toBeGreaterThan(8);
  const change = fc.record({
    vector: fc.constantFrom(...cheap),
    place: fc.nat(),
    // No digits: a cost may not become a dear one.
    character: fc.constantFrom(..."./+=$abcXYZ,-\0é"),
  });
  fc.assert(
    fc.property(change, ({ vector: { stored, password }, place, character }) => {
      const at = place % stored.length;
      fc.pre(!/\d/.test(stored[at] ?? "") && stored[at] !== character);
      const answer = read(stored.slice(0, at) + character + stored.slice(at + 1));
      if (answer === undefined || "refusal" in answer) return;
      expect(derive(answer.blank, bytes(password))).toHaveLength(answer.hash.length);
    }),
    { numRuns: 300 },
  );
});

test("SHA-crypt of a password longer than crypt(3) takes is no more work, and matches no hash, a blank one neither", () => {
  const text = `$6$rounds=20000$salt$${".".repeat(86)}`;
  const timed = (length: number) => {
    const begun = performance.now();
    const hash = derive(text, bytes("a".repeat(length)));
    return { length: hash.length, milliseconds: performance.now() - begun };
  };
  const [longest, longer] = [timed(512), timed(24_576)];
  expect([longest.length, longer.length]).toEqual([64, 0]);
  expect(longer.milliseconds / longest.milliseconds).toBeLessThan(5);
});

test("a program that is asked for what was never read says so", () => {
  expect(() => derive("$2b$16$", bytes("x"))).toThrow("was not read before");
});
