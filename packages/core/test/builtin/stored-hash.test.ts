import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { argon2Hasher } from "../../src/builtin/argon2-hasher.ts";
import { readStoredHash } from "../../src/builtin/stored-hash.ts";

const hasher = argon2Hasher({
  threads: 2,
  peppers: [{ id: "house", secret: Redacted.make("the pepper of this house") }],
});
afterAll(() => Effect.runPromise(hasher.close));

const base64 = (least: number, most: number) =>
  fc
    .uint8Array({ minLength: least, maxLength: most })
    .map((bytes) => Buffer.from(bytes).toString("base64").replaceAll("=", ""));

const phc = fc
  .record({
    variant: fc.constantFrom("argon2id", "argon2i", "argon2d"),
    version: fc.constantFrom("$v=19", "$v=16", ""),
    memory: fc.integer({ min: 8, max: 256 }),
    passes: fc.integer({ min: 1, max: 3 }),
    lanes: fc.integer({ min: 1, max: 17 }),
    salt: base64(6, 50),
    hash: base64(14, 66),
  })
  .map((is) => `$${is.variant}${is.version}$m=${is.memory},t=${is.passes},p=${is.lanes}$${is.salt}$${is.hash}`);

test("whatever lies in the column of hashes is read without throwing, and its reason repeats nothing of it", () => {
  const head = fc.constantFrom(
    "",
    "$sealed$house$",
    "$wrapped",
    "$argon2id$",
    "$argon2id$v=19$m=8,t=1,p=1$",
    "$2b$10$",
  );
  const rest = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("$", "$of", "AAAA", "m=8,t=1,p=1")));
  fc.assert(
    fc.property(
      head,
      fc.oneof(
        rest.map((parts) => parts.join("")),
        phc,
      ),
      (start, end) => {
        const { refusal } = hasher.inspect(`${start}${end}s3cret`);
        if (refusal !== null) expect(refusal).not.toContain("s3cret");
      },
    ),
    { numRuns: 2_000 },
  );
});

test("what is read as argon2 can be checked: no string is accepted here that argon2 itself refuses", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(phc, async (text) => {
      if (readStoredHash(text, undefined).kind !== "argon2") return;
      accepted++;
      expect(await Effect.runPromise(hasher.verify(Redacted.make("correct horse"), text))).toBe(false);
    }),
    { numRuns: 60 },
  );
  expect(accepted).toBeGreaterThan(10);
});
