import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decoyPhc, excessOf, readPhc } from "../../src/builtin/phc.ts";

const salt = "A".repeat(22);
const hash = "A".repeat(43);

test("a PHC string of argon2 is read", () => {
  expect(readPhc(`$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}`)).toEqual({
    variant: "argon2id",
    version: 19,
    memoryKiB: 19_456,
    passes: 2,
    parallelism: 1,
    saltBytes: 16,
    hashBytes: 32,
  });
  expect(readPhc(`$argon2i$m=4096,t=3,p=1$${salt}$${hash}`)).toMatchObject({ variant: "argon2i", version: 16 });
});

describe("what is no PHC string of argon2 that we would compute is not read", () => {
  test.each([
    "",
    "$",
    "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
    "$argon2id$v=19$m=8,t=1,p=1$x$y",
    `$argon2id$v=18$m=19456,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=0,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=-1,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=1e9,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=019456,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=99999999999,t=2,p=1$${salt}$${hash}`,
    `$argon2id$v=19$m=19456,t=2,p=1,x=1$${salt}$${hash}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$AAAA`,
    `$argon2id$v=19$m=19456,t=2,p=1$AAAA$${hash}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${"A".repeat(1_000)}`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}=`,
    `$argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}\n`,
    ` $argon2id$v=19$m=19456,t=2,p=1$${salt}$${hash}`,
  ])("%j", (text) => expect(readPhc(text)).toBeUndefined());

  test("any other text", () => fc.assert(fc.property(fc.string(), (text) => readPhc(text) === undefined)));
});

test("a decoy has the shape and parameters of a hash, and is another each time", () => {
  const cost = { memoryKiB: 47_104, passes: 1, parallelism: 2 };
  expect(readPhc(decoyPhc(cost))).toEqual({ ...cost, variant: "argon2id", version: 19, saltBytes: 16, hashBytes: 32 });
  expect(decoyPhc(cost)).not.toBe(decoyPhc(cost));
});

test("libsodium's heaviest preset is not too heavy, anything above is", () => {
  const sensitive = { memoryKiB: 1_048_576, passes: 4, parallelism: 1 };
  expect(excessOf(sensitive)).toBeUndefined();
  expect(excessOf({ ...sensitive, memoryKiB: 1_048_577, passes: 1 })).toBe("more than 1048576 KiB of memory");
  expect(excessOf({ ...sensitive, passes: 5 })).toBe("more than 4194304 KiB over all passes");
  expect(excessOf({ ...sensitive, memoryKiB: 19_456, parallelism: 17 })).toBe("more than 16 lanes");
});
