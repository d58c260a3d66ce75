import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { afterAll, describe, expect, test } from "vitest";
import { type Argon2Hasher, argon2Hasher } from "../../src/builtin/argon2-hasher.ts";
import { InvalidConfiguration } from "../../src/errors.ts";
import type { ForeignHashes } from "../../src/ports/foreign-hashes.ts";

const directory = mkdtempSync(path.join(tmpdir(), "muster-foreign-"));
const counter = path.join(directory, "count");
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** No UTF-8: hashes are any bytes. */
const highBits = Buffer.of(0xff, 0);

/** `$plain$<file>$<password>`: no work but a dot in the file. */
const foreign: ForeignHashes = {
  program: new URL("../fixtures/foreign-program.ts", import.meta.url),
  read: (text) => {
    const [, identifier, file, password = ""] = text.split("$");
    if (identifier === "broken") return { scheme: "broken", blank: text, hash: new Uint8Array() };
    if (identifier !== "plain") return undefined;
    if (password === "heavy") return { scheme: "plain", refusal: "It is too heavy." };
    return { scheme: "plain", blank: `$plain$${file}$`, hash: Buffer.concat([highBits, Buffer.from(password)]) };
  },
};
const plain = (password: string): string => `$plain$${counter}$${password}`;
const secret = (text: string) => Redacted.make(text);

const hashers: Argon2Hasher[] = [];
const made = (options: Parameters<typeof argon2Hasher>[0] = {}): Argon2Hasher => {
  const hasher = argon2Hasher({ threads: 1, foreign, ...options });
  hashers.push(hasher);
  return hasher;
};
afterAll(() => Effect.runPromise(Effect.all(hashers.map((hasher) => hasher.close))));

const hasher = made();
const verify = (text: string, stored: string, by = hasher) => Effect.runPromise(by.verify(secret(text), stored));
const hardened = (stored: string, wrap = true, by = hasher) =>
  Effect.runPromise(Effect.map(by.hardened(stored, { wrap }), Option.getOrNull));
/** How often the other system's hash was computed meanwhile. */
const computed = async (run: () => Promise<unknown>): Promise<number> => {
  writeFileSync(counter, "");
  await run();
  return readFileSync(counter).length;
};

describe("a hash of another system", () => {
  test("is checked, and outdated", async () => {
    expect(await verify("correct horse", plain("correct horse"))).toBe(true);
    expect(await verify("wrong horse", plain("correct horse"))).toBe(false);
    expect(await verify("correct horse battery", plain("correct horse"))).toBe(false);
    expect(hasher.isOutdated(plain("correct horse"))).toBe(true);
    expect(hasher.inspect(plain("x"))).toEqual({ scheme: "plain", refusal: null });
  });

  test("is never matched by a password with U+0000 or half a character, whatever it says", async () => {
    expect(await verify("correct\0horse", plain("correct\0horse"))).toBe(false);
    expect(await verify("\ud800", plain("\ufffd"))).toBe(false);
  });

  test("that is refused is a defect to check and left alone when hardened", async () => {
    expect(hasher.inspect(plain("heavy"))).toEqual({ scheme: "plain", refusal: "It is too heavy." });
    const exit = await Effect.runPromiseExit(hasher.verify(secret("x"), plain("heavy")));
    expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain("(plain) is refused. It is too heavy.");
    expect(await hardened(plain("heavy"))).toBeNull();
  });

  test("whose program breaks lets nobody in, and the thread goes on", async () => {
    expect(Exit.hasDies(await Effect.runPromiseExit(hasher.verify(secret("x"), "$broken$")))).toBe(true);
    expect(await verify("correct horse", plain("correct horse"))).toBe(true);
  });

  test("without a program is of an unknown scheme", () => {
    expect(made({}).inspect("$other$x").refusal).toBe("It is of no known scheme.");
    expect(argon2Hasher().inspect(plain("x"))).toEqual({
      scheme: "unknown",
      refusal: expect.stringContaining("`hashing.foreign` is not set"),
    });
  });
});

describe("wrapped", () => {
  test("it holds nothing of the inner hash, is checked with the same password, and is outdated", async () => {
    const wrapped = (await hardened(plain("correct horse"))) ?? "";
    expect(wrapped).toMatch(/^\$wrapped\$argon2id\$v=19\$m=19456,t=2,p=1\$.+\$of\$plain\$/);
    expect(wrapped).not.toContain("correct horse");
    expect(hasher.inspect(wrapped)).toEqual({ scheme: "wrapped plain", refusal: null });
    expect(await verify("correct horse", wrapped)).toBe(true);
    expect(await verify("wrong horse", wrapped)).toBe(false);
    expect(hasher.isOutdated(wrapped)).toBe(true);
    expect(await hardened(wrapped)).toBeNull();
  });

  test("it is refused when either layer is", async () => {
    const wrapped = (await hardened(plain("correct horse"))) ?? "";
    const layers = [wrapped.replace("t=2", "t=999999"), `${wrapped}heavy`, wrapped.replace("$plain", "$other")];
    expect(layers.map((text) => hasher.inspect(text).refusal)).not.toContain(null);
  });
});

describe("the time a check takes", () => {
  test("a cheap hash of another system takes as long as a login that names nobody", async () => {
    const slow = made({ memoryKiB: 65_536, passes: 4 });
    const best = async (run: () => Promise<unknown>) => {
      const times = [];
      for (let round = 0; round < 3; round++) {
        const begun = performance.now();
        await run();
        times.push(performance.now() - begun);
      }
      return Math.min(...times);
    };
    await verify("x", plain("x"), slow);
    const nobody = await best(() => Effect.runPromise(slow.verifyNothing(secret("x"))));
    const wrong = await best(() => verify("wrong", plain("x"), slow));
    const right = await best(() => verify("x", plain("x"), slow));
    expect(wrong / nobody).toBeGreaterThan(0.5);
    expect(right / nobody).toBeGreaterThan(0.5);
  });

  test("with a foreign decoy every check computes one hash of the other system, without one only those that have it", async () => {
    const alike = made({ foreignDecoy: plain("x") });
    const own = await Effect.runPromise(alike.hash(secret("correct horse")));
    const wrapped = (await hardened(plain("x"), true, alike)) ?? "";
    const calls = (by: Argon2Hasher) => [
      () => Effect.runPromise(by.verifyNothing(secret("x"))),
      () => verify("correct horse", own, by),
      () => verify("wrong horse", own, by),
      () => verify("x", plain("x"), by),
      () => verify("y", plain("x"), by),
      () => verify("x", wrapped, by),
    ];
    const counts = async (by: Argon2Hasher) => {
      const all = [];
      for (const call of calls(by)) all.push(await computed(call));
      return all;
    };
    expect(await counts(alike)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(await counts(hasher)).toEqual([0, 0, 0, 1, 1, 1]);
  });

  test("a foreign decoy that cannot be checked is refused at once", () => {
    expect(() => made({ foreignDecoy: plain("heavy") })).toThrow(InvalidConfiguration);
    expect(() => made({ foreignDecoy: "nothing" })).toThrow(/foreignDecoy cannot be checked/);
  });
});

describe("peppers", () => {
  const old = { id: "2025", secret: secret("the secret of last year") };
  const current = { id: "2026", secret: secret("the secret of this year") };
  const before = made({ peppers: [old] });
  const between = made({ peppers: [current, old] });
  const after = made({ peppers: [current] });

  test("seal what is hashed; one that is not known any more refuses, and says which it was", async () => {
    const sealed = await Effect.runPromise(before.hash(secret("correct horse")));
    expect(sealed).toMatch(/^\$sealed\$2025\$/);
    expect(await verify("correct horse", sealed, before)).toBe(true);
    expect(await verify("wrong horse", sealed, before)).toBe(false);
    expect([before, between, after].map((by) => by.isOutdated(sealed))).toEqual([false, true, true]);
    expect(after.inspect(sealed)).toEqual({ scheme: "sealed", refusal: expect.stringContaining("'2025'") });
  });

  test("change without a password: what was sealed under the old one is sealed under the new one", async () => {
    const sealed = await Effect.runPromise(before.hash(secret("correct horse")));
    const again = (await hardened(sealed, false, between)) ?? "";
    expect(again).toMatch(/^\$sealed\$2026\$/);
    expect(await verify("correct horse", again, after)).toBe(true);
    expect(await hardened(again, true, after)).toBeNull();
    expect(after.isOutdated(again)).toBe(false);
  });

  test("seal hashes made before there was one, and those of other systems, wrapped or not", async () => {
    const unsealed = await Effect.runPromise(hasher.hash(secret("correct horse")));
    for (const stored of [unsealed, plain("correct horse")]) {
      expect(await verify("correct horse", stored, after)).toBe(true);
      for (const wrap of [true, false]) {
        const sealed = (await hardened(stored, wrap, after)) ?? "";
        expect(sealed).toMatch(/^\$sealed\$2026\$/);
        expect(await verify("correct horse", sealed, after)).toBe(true);
        expect(await verify("wrong horse", sealed, after)).toBe(false);
      }
    }
    const sealed = (await hardened(plain("x"), false, after)) ?? "";
    expect(after.inspect((await hardened(sealed, true, after)) ?? "")).toEqual({
      scheme: "wrapped plain",
      refusal: null,
    });
  });
});
