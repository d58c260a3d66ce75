import { hash as argon2 } from "@node-rs/argon2";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Redacted from "effect/Redacted";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { argon2Hasher } from "../../src/builtin/argon2-hasher.ts";
import type { Argon2HasherOptions } from "../../src/builtin/argon2-options.ts";
import { InvalidConfiguration, TooBusy } from "../../src/errors.ts";
import { passwords } from "../fixtures/passwords.ts";

const hasher = argon2Hasher();
const secret = (text: string) => Redacted.make(text);
const hash = (text: string) => Effect.runPromise(hasher.hash(secret(text)));
const verify = (text: string, phc: string) => Effect.runPromise(hasher.verify(secret(text), phc));

afterAll(() => Effect.runPromise(hasher.close));

/** Spellings that people or systems might take for the same password. */
const nearly = (text: string): readonly string[] =>
  [
    text.trim(),
    `${text} `,
    text.toLowerCase(),
    text.toUpperCase(),
    text.normalize("NFD"),
    text.normalize("NFKC"),
    Buffer.from(text).subarray(0, 72).toString(),
    `${text.slice(0, -1)}#`,
    `${text}\u0000`,
    `\ufeff${text}`,
  ].filter((other) => other !== text);

describe("a password counts exactly as given", () => {
  test.each([...passwords.mustWork, "é".repeat(256), `${"x".repeat(255)}y`])("%j", async (password) => {
    const phc = await hash(password);
    expect(await verify(password, phc)).toBe(true);
    const others = await Promise.all(nearly(password).map((other) => verify(other, phc)));
    expect(others).not.toContain(true);
    expect(others.length).toBeGreaterThan(3);
  });
});

test("half a character matches nothing, not even what it would be replaced by", async () => {
  const phc = await hash("\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd");
  expect(await verify("\ud800".repeat(8), phc)).toBe(false);
  const exit = await Effect.runPromiseExit(hasher.hash(secret("\ud800".repeat(8))));
  expect(Exit.hasDies(exit)).toBe(true);
});

test("hashes are argon2id with the recommended parameters and a salt of their own", async () => {
  const [first, second] = await Promise.all([hash("correct horse"), hash("correct horse")]);
  expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(first).not.toBe(second);
});

test("hashes of other programs are checked, whatever their variant and parameters", async () => {
  const options = { memoryCost: 1_024, timeCost: 3, parallelism: 2, outputLen: 24, algorithm: 1 };
  const phc = await argon2("correct horse", options);
  expect(phc).toContain("$argon2i$");
  expect(await verify("correct horse", phc)).toBe(true);
  expect(await verify("correct horst", phc)).toBe(false);
});

describe("a hash is outdated when it was made otherwise than now", () => {
  const current = `$argon2id$v=19$m=19456,t=2,p=1$${"A".repeat(22)}$${"A".repeat(43)}`;

  test("not when it was made now", async () => {
    expect(hasher.isOutdated(await hash("correct horse"))).toBe(false);
    expect(hasher.isOutdated(current)).toBe(false);
    expect(argon2Hasher({ passes: 3 }).isOutdated(current)).toBe(true);
  });

  test.each([
    ["weaker", current.replace("19456", "4096")],
    ["stronger", current.replace("t=2", "t=3")],
    ["more lanes", current.replace("p=1", "p=2")],
    ["another variant", current.replace("argon2id", "argon2i")],
    ["an old version", current.replace("v=19", "v=16")],
    ["no version", current.replace("$v=19", "")],
    ["a short salt", current.replace("A".repeat(22), "A".repeat(11))],
    ["a short hash", `${current.slice(0, -21)}`],
    ["bcrypt", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"],
    ["nothing", ""],
  ])("%s", (_, phc) => expect(hasher.isOutdated(phc)).toBe(true));
});

describe("parameters", () => {
  test.each<Argon2HasherOptions>([
    { passes: 1, memoryKiB: 47_104 },
    { passes: 2, memoryKiB: 19_456 },
    { passes: 3, memoryKiB: 12_288 },
    { passes: 10, memoryKiB: 12_288, parallelism: 4, threads: 1, maxWaiting: 0 },
    { peppers: [{ id: "2026", secret: secret("sixteen bytes ok") }] },
  ])("%j are strong enough", (options) => expect(() => argon2Hasher(options)).not.toThrow());

  test.each<Argon2HasherOptions>([
    { passes: 1 },
    { passes: 1, memoryKiB: 47_103 },
    { memoryKiB: 19_455 },
    { passes: 3, memoryKiB: 12_287 },
    { passes: 0 },
    { passes: 2.5 },
    { passes: Number.NaN },
    { memoryKiB: Number.POSITIVE_INFINITY },
    { memoryKiB: 2 ** 32 },
    { passes: 1_000_000 },
    { parallelism: 0 },
    { parallelism: 17 },
    { threads: 0 },
    { threads: 65 },
    { maxWaiting: -1 },
    { peppers: [{ id: "2026", secret: secret("fifteen is few.") }] },
    { peppers: [{ id: "Über", secret: secret("sixteen bytes ok") }] },
    { peppers: [1, 2].map(() => ({ id: "one", secret: secret("sixteen bytes ok") })) },
    { foreignDecoy: "$2b$10$" },
  ])("%j are refused", (options) => expect(() => argon2Hasher(options)).toThrow(InvalidConfiguration));

  test("a refusal names the option and the rule, never the pepper", () => {
    expect(() => argon2Hasher({ passes: 1 })).toThrow(/memoryKiB is at least 47104 with 1 passes/);
    expect(() => argon2Hasher({ peppers: [{ id: "2026", secret: secret("my-pepper") }] })).toThrow(
      /^(?!.*my-pepper).*pepper has at least 16/,
    );
  });
});

test("of 500 callers the surplus is refused before the first hash is done, the rest succeed", async () => {
  const phc = await hash("correct horse");
  const ends: string[] = [];
  const calls = Array.from({ length: 500 }, async (_, index) => {
    const exit = await Effect.runPromiseExit(hasher.verify(secret(index % 2 ? "correct horse" : "wrong horse"), phc));
    if (Exit.isSuccess(exit)) ends.push(exit.value === (index % 2 === 1) ? "answered" : "wrong");
    else ends.push(Cause.squash(exit.cause) instanceof TooBusy ? "refused" : "broken");
  });
  await Promise.all(calls);
  const refused = ends.filter((end) => end === "refused").length;
  expect(refused).toBeGreaterThan(200);
  expect(ends).toEqual([...Array(refused).fill("refused"), ...Array(500 - refused).fill("answered")]);
  expect(await verify("correct horse", phc)).toBe(true);
});

test("the event loop turns while passwords are hashed", async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const phc = await hash("correct horse");
  await Promise.all(Array.from({ length: 20 }, () => verify("wrong horse", phc)));
  clearInterval(turning);
  expect(turns).toBeGreaterThan(10);
});

test("a login that names nobody waits in the same line and does the same kind of work", async () => {
  const narrow = argon2Hasher({ threads: 1, maxWaiting: 0 });
  const nothing = () => Effect.runPromiseExit(narrow.verifyNothing(secret("correct horse")));
  const exits = await Promise.all([nothing(), nothing(), nothing()]);
  expect(exits.map(Exit.isSuccess)).toEqual([true, true, false]);
  await Effect.runPromise(narrow.close);
});

describe("stored hashes that are broken or hostile", () => {
  const made = (parameters: string) => `$argon2id$v=19$${parameters}$${"A".repeat(22)}$${"A".repeat(43)}`;

  test.each([
    ["4 GiB of memory", made("m=4194304,t=1,p=1")],
    ["a million passes", made("m=19456,t=1000000,p=1")],
    ["255 lanes", made("m=19456,t=2,p=255")],
    ["the greatest numbers", made("m=4294967295,t=4294967295,p=255")],
    ["less memory than lanes need", made("m=8,t=1,p=16")],
    ["another scheme", "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"],
    ["base64 that ends in the middle", `${made("m=8,t=1,p=1")}AA`],
    ["a password in clear", "correct horse"],
    ["nothing", ""],
  ])("%s is a defect that does not repeat the hash", async (_, phc) => {
    const exit = await Effect.runPromiseExit(hasher.verify(secret("correct horse"), phc));
    expect(Exit.hasDies(exit)).toBe(true);
    const text = Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "";
    expect(text).toMatch(/stored password hash/);
    expect(hasher.inspect(phc).refusal).not.toBeNull();
    expect(text).not.toContain("correct horse");
    expect(text).not.toContain("AAAAAAAA");
  });

  test("one changed character never lets anybody in", async () => {
    const phc = await hash("correct horse");
    const change = fc.tuple(fc.nat(phc.length - 1), fc.constantFrom(..."$A/z09+=,m\u0000"));
    await fc.assert(
      fc.asyncProperty(change, async ([index, character]) => {
        const changed = phc.slice(0, index) + character + phc.slice(index + 1);
        fc.pre(changed !== phc);
        const exit = await Effect.runPromiseExit(hasher.verify(secret("correct horse"), changed));
        expect(exit).not.toEqual(Exit.succeed(true));
      }),
      { numRuns: 60 },
    );
  });
});

test("a password wiped from its wrapping is a defect, not a match of nothing", async () => {
  const wiped = secret("correct horse");
  Redacted.wipeUnsafe(wiped);
  expect(Exit.hasDies(await Effect.runPromiseExit(hasher.hash(wiped)))).toBe(true);
  expect(Exit.hasDies(await Effect.runPromiseExit(hasher.verify(wiped, await hash("correct horse"))))).toBe(true);
});
