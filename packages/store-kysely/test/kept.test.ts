import { describe, expect, it } from "vitest";
import { makeKept } from "../src/kept.ts";

describe("a bounded map", () => {
  it("keeps what is used and forgets what is not", () => {
    const kept = makeKept<string, number>(10);
    kept.set("used", 1);
    kept.set("unused", 2);
    for (let number = 0; number < 100; number++) {
      expect(kept.get("used")).toBe(1);
      kept.set(`other ${number}`, number);
    }
    expect(kept.get("unused")).toBeUndefined();
  });

  it("never holds more than it was told to", () => {
    const kept = makeKept<number, number>(10);
    for (let number = 0; number < 100; number++) kept.set(number, number);
    const left = Array.from({ length: 100 }, (_, number) => kept.get(number)).filter((value) => value !== undefined);
    expect(left.length).toBeGreaterThanOrEqual(5);
    expect(left.length).toBeLessThanOrEqual(10);
  });
});
