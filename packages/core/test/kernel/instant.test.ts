import fc from "fast-check";
import { expect, test } from "vitest";
import { parseInstant } from "../../src/kernel/instant.ts";

test("every instant of four-digit years is read back as itself", () => {
  const dates = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(dates, (date) => {
      expect(parseInstant(date.toISOString())).toEqual(date);
    }),
  );
});

test.each([
  ["2026-01-31T12:00:00Z", "2026-01-31T12:00:00.000Z"],
  ["2026-01-31t12:00:00.123456789z", "2026-01-31T12:00:00.123Z"],
  ["2026-01-31T12:00:00.5+02:00", "2026-01-31T10:00:00.500Z"],
  ["2024-02-29T00:00:00-23:59", "2024-02-29T23:59:00.000Z"],
])("%s is %s", (text, instant) => expect(parseInstant(text)?.toISOString()).toBe(instant));

test.each([
  "2026-02-30T00:00:00Z",
  "2025-02-29T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T23:59:60Z",
  "2026-01-01T00:00:00",
  "2026-01-01 00:00:00Z",
  "2026-01-01",
  "2026-01-01T00:00:00.Z",
  "2026-01-01T00:00:00+2:00",
  "1767225600000",
  " 2026-01-01T00:00:00Z",
  "2026-01-01T00:00:00Z\n",
  "",
])("%j is no instant", (text) => expect(parseInstant(text)).toBeUndefined());
