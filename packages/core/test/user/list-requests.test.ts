import { describe, expect, test } from "vitest";
import type { UserQuery, UserSort } from "../../src/index.ts";
import { hostile } from "../hostile.ts";
import { anInstance, aPerson, brokenRules, outcome } from "../instance.ts";

describe("what a list may be asked", () => {
  test.each(hostile.sort_fields.values)("it is not sorted by %j", async (sort) => {
    const muster = await anInstance();
    expect(await brokenRules(muster.users.list({ sort: sort as UserSort }))).toEqual(["sort: type"]);
  });

  test.each(hostile.page_numbers.values)("%j is no limit and no offset", async (text) => {
    const muster = await anInstance();
    for (const field of ["limit", "offset"]) {
      expect(await brokenRules(muster.users.list({ [field]: text } as UserQuery))).toEqual([`${field}: type`]);
      const number = Number(text);
      const error = await muster.users.list({ [field]: number } as UserQuery).then(
        ({ items }) => items.length,
        (it) => it,
      );
      if (typeof error === "number") expect(error).toBeLessThanOrEqual(100);
      else expect(error).toMatchObject({ _tag: "InvalidInput", issues: [{ field }] });
    }
  });

  test("a page has one to a hundred rows", async () => {
    const muster = await anInstance();
    for (let index = 0; index < 101; index++) await aPerson(muster);
    expect((await muster.users.list({ limit: 100 })).items).toHaveLength(100);
    expect((await muster.users.list({ limit: 1 })).items).toHaveLength(1);
    for (const limit of [0, -1, 101, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await brokenRules(muster.users.list({ limit }))).toEqual(["limit: range"]);
    }
    for (const offset of [-1, 100_001, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(await brokenRules(muster.users.list({ offset }))).toEqual(["offset: range"]);
    }
    expect(await outcome(muster.users.list({ offset: -0 }))).toBe("ok");
  });

  test("a key that is not known is refused", async () => {
    const muster = await anInstance();
    expect(await brokenRules(muster.users.list({ page: 2, total: "all" } as never))).toEqual([
      "page: unknown_key",
      "total: type",
    ]);
  });
});
