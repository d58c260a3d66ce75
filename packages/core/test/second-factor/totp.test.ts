import fc from "fast-check";
import { generateSync } from "otplib";
import { describe, expect, it } from "vitest";
import { base32, matchingSteps, otpauthUri, stepAt, totpCode } from "../../src/second-factor/totp.ts";

const rfcSecret = Buffer.from("12345678901234567890");

describe("a code that changes with time", () => {
  it.each([
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ])("is at %i s what RFC 6238 appendix B says", (seconds, code) => {
    expect(totpCode(rfcSecret, stepAt(seconds * 1_000), 8)).toBe(code);
  });

  it("is what otplib makes of the same secret at the same time", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 16, maxLength: 32 }),
        fc.integer({ min: 0, max: 2 ** 33 }),
        (secret, epoch) => {
          expect(totpCode(secret, stepAt(epoch * 1_000))).toBe(generateSync({ secret: base32(secret), epoch }));
        },
      ),
      { numRuns: 200 },
    );
  });

  it("is known one step late and one step early, and no further off", () => {
    const now = 1_800_000_015_000;
    const known = [-2, -1, 0, 1, 2].map(
      (steps) => matchingSteps(rfcSecret, totpCode(rfcSecret, stepAt(now) + steps), now, 0).length,
    );
    expect(known).toEqual([0, 1, 1, 1, 0]);
  });

  it("is not known in a step whose code, or a later one, was accepted", () => {
    const now = 1_800_000_015_000;
    const current = stepAt(now);
    const known = (step: number, lastStep: number) =>
      matchingSteps(rfcSecret, totpCode(rfcSecret, step), now, lastStep);
    expect([known(current, current - 1), known(current, current), known(current, current + 1)]).toEqual([
      [current],
      [],
      [],
    ]);
  });

  it.each(["", "12345", "1234567", "١٢٣٤٥٦", "12345a"])("is never %j", (text) => {
    expect(matchingSteps(rfcSecret, text, 1_800_000_000_000, 0)).toEqual([]);
  });
});

describe("a secret in base32", () => {
  it.each([
    ["", ""],
    ["f", "MY"],
    ["fo", "MZXQ"],
    ["foo", "MZXW6"],
    ["foob", "MZXW6YQ"],
    ["fooba", "MZXW6YTB"],
    ["foobar", "MZXW6YTBOI"],
  ])("of %j is what RFC 4648 §10 says, without padding", (text, encoded) => {
    expect(base32(Buffer.from(text))).toBe(encoded);
  });
});

describe("the address in a QR code", () => {
  it("keeps names apart from what surrounds them", () => {
    const uri = new URL(otpauthUri(rfcSecret, "Ä & Co: it", "jane?x=1@x.example"));
    expect(uri.protocol).toBe("otpauth:");
    expect(uri.searchParams.get("issuer")).toBe("Ä & Co: it");
    expect(uri.searchParams.get("secret")).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expect(uri.pathname.split("/").at(-1)?.split(":").map(decodeURIComponent)).toEqual([
      "Ä & Co: it",
      "jane?x=1@x.example",
    ]);
  });
});
