import { describe, expect, it } from "vitest";
import { searchQuestion } from "../src/search.ts";

const trigramsOf = (question: string | undefined): readonly string[] =>
  question === undefined ? [] : question.split(" AND ").map((term) => term.slice(1, -1));

describe("the question to the trigram index", () => {
  it("names trigrams that overlap as little as they can", () => {
    expect(trigramsOf(searchQuestion("abcde"))).toEqual(["abc", "cde", "bcd"]);
    expect(trigramsOf(searchQuestion("abcdefghi")).toSorted()).toEqual(["abc", "def", "ghi"]);
    expect(trigramsOf(searchQuestion("lovelace"))).toEqual(["lov", "ela", "ace"]);
  });

  it("is none for a text of under three characters, counted as people do", () => {
    expect(searchQuestion("ab")).toBeUndefined();
    expect(searchQuestion("\u{1F600}\u{1F600}")).toBeUndefined();
    expect(searchQuestion("\u{1F600}\u{1F600}\u{1F600}")).toBe('"\u{1F600}\u{1F600}\u{1F600}"');
  });

  it("of a long text names a few trigrams, the rarest-looking first, none of an email's domain", () => {
    const trigrams = trigramsOf(searchQuestion("ada.lovelace1815@example.com"));
    expect(trigrams).toHaveLength(3);
    expect(trigrams[0]).toBe("181");
    for (const trigram of trigrams) expect("ada.lovelace1815").toContain(trigram);
  });

  it("has quotes doubled", () => {
    expect(searchQuestion('a"b')).toBe('"a""b"');
  });
});
