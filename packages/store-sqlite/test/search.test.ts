import { describe, expect, it } from "vitest";
import { searchQuestion } from "../src/search.ts";

const trigramsOf = (text: string, question: "brief" | "full" = "brief"): readonly string[] =>
  (searchQuestion(text)?.[question] ?? "").split(" AND ").map((term) => term.slice(1, -1));

describe("the question to the trigram index", () => {
  it("names trigrams that overlap as little as they can", () => {
    expect(trigramsOf("abcdefghi").toSorted()).toEqual(["abc", "def", "ghi"]);
    expect(trigramsOf("lovelace")).toEqual(["lov", "ela", "ace"]);
  });

  it("is none for a text of under three characters, counted as people do", () => {
    expect(searchQuestion("ab")).toBeUndefined();
    expect(searchQuestion("\u{1F600}\u{1F600}")).toBeUndefined();
    expect(trigramsOf("\u{1F600}\u{1F600}\u{1F600}")).toEqual(["\u{1F600}\u{1F600}\u{1F600}"]);
  });

  it("of a long text names a few trigrams, the rarest-looking first, none of an email's domain", () => {
    const trigrams = trigramsOf("ada.lovelace1815@example.com");
    expect(trigrams).toHaveLength(3);
    expect(trigrams[0]).toBe("181");
    for (const trigram of trigrams) expect("ada.lovelace1815").toContain(trigram);
  });

  it("in full names all trigrams of a text that is not very long", () => {
    expect(trigramsOf("abcdefgh", "full").toSorted()).toEqual(["abc", "bcd", "cde", "def", "efg", "fgh"]);
    expect(trigramsOf("x".repeat(254), "full")).toEqual(["xxx"]);
    const long = Array.from({ length: 254 }, (_, at) => String.fromCodePoint(0x4e00 + at)).join("");
    expect(trigramsOf(long, "full").length).toBeLessThan(20);
  });

  it("is the same in full when three trigrams are all there are", () => {
    expect(trigramsOf("abcde")).toEqual(["abc", "bcd", "cde"]);
    expect(trigramsOf("abcde", "full")).toEqual(["abc", "bcd", "cde"]);
  });

  it("has quotes doubled", () => {
    expect(trigramsOf('a"b')).toEqual(['a""b']);
  });
});
