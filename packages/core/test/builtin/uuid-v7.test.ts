import fc from "fast-check";
import { expect, it } from "vitest";
import { systemClock, systemRandom } from "../../src/builtin/environment.ts";
import { uuidV7Generator } from "../../src/builtin/uuid-v7.ts";

const millisecondOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

it("makes ids of version 7 and the RFC's variant, in lower case", () => {
  const ids = uuidV7Generator(systemClock, systemRandom);
  for (let count = 0; count < 1_000; count++) {
    expect(ids.next()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

it("starts an id with the millisecond of the clock", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (time) => {
      expect(millisecondOf(uuidV7Generator({ now: () => time }, systemRandom).next())).toBe(time);
    }),
  );
});

it("makes each id greater than the one before, also when the clock stands still or steps back", () => {
  const times = fc.array(fc.integer({ min: 1_700_000_000_000, max: 1_700_000_000_020 }), {
    minLength: 2,
    maxLength: 200,
  });
  fc.assert(
    fc.property(times, (readings) => {
      let reading = 0;
      const ids = uuidV7Generator({ now: () => readings[reading++] ?? 0 }, systemRandom);
      const made = readings.map(() => ids.next());
      expect(made.toSorted()).toEqual(made);
      expect(new Set(made).size).toBe(made.length);
    }),
  );
});

it("keeps the order when more ids are made than a millisecond can count, and stays near the clock", () => {
  const ids = uuidV7Generator({ now: () => 1_700_000_000_000 }, systemRandom);
  const made = Array.from({ length: 50_000 }, ids.next);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(50_000);
  expect(millisecondOf(made.at(-1) ?? "")).toBeLessThanOrEqual(1_700_000_000_000 + 50_000 / 2_048);
});

it("keeps the order when all random bits are ones", () => {
  const ids = uuidV7Generator({ now: () => 5 }, { bytes: (length) => new Uint8Array(length).fill(255) });
  const made = Array.from({ length: 3_000 }, ids.next);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(3_000);
});

it("never repeats among many generators in the same millisecond", () => {
  const made = Array.from({ length: 20_000 }, () => uuidV7Generator({ now: () => 1 }, systemRandom).next());
  expect(new Set(made).size).toBe(20_000);
});
