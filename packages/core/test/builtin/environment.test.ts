import { expect, it } from "vitest";
import { systemClock, systemRandom } from "../../src/builtin/environment.ts";

it("tells the time in milliseconds since the epoch", () => {
  expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1_000);
});

it("gives as many random bytes as were asked for", () => {
  for (const length of [0, 1, 16, 255, 256, 257, 8_192, 100_000])
    expect(systemRandom.bytes(length)).toHaveLength(length);
});

it("refuses a length that is no whole number", () => {
  for (const length of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    expect(() => systemRandom.bytes(length)).toThrow(RangeError);
  }
});

it("never repeats itself, and never changes bytes it has handed out", () => {
  const made = Array.from({ length: 20_000 }, () => systemRandom.bytes(16));
  const texts = made.map((bytes) => Buffer.from(bytes).toString("hex"));
  expect(new Set(texts).size).toBe(20_000);
  for (const bytes of made) bytes.fill(0);
  const later = Array.from({ length: 1_000 }, () => Buffer.from(systemRandom.bytes(16)).toString("hex"));
  expect(new Set([...texts, ...later]).size).toBe(21_000);
});

it("hands out bytes that share no memory with one another", () => {
  const [left, right] = [systemRandom.bytes(16), systemRandom.bytes(16)];
  expect(left.buffer).not.toBe(right.buffer);
  expect(left.buffer.byteLength).toBe(16);
});

it("gives every byte value equally often", () => {
  const counts = new Array<number>(256).fill(0);
  for (let call = 0; call < 8_000; call++)
    for (const byte of systemRandom.bytes(32)) counts[byte] = (counts[byte] ?? 0) + 1;
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1_000) ** 2 / 1_000, 0);
  expect(chiSquare).toBeGreaterThan(120);
  expect(chiSquare).toBeLessThan(440);
});
