import { describe, expect, it } from "vitest";
import { searchQuestion } from "../src/search.ts";

const trigramsOf = (question: string | undefined): readonly string[] =>
  question === undefined ? [] : question.split(" AND ").map((term) => term.slice(1, -1));

describe("the question to the trigram index", () => {
  it("names every trigram of a short text", () => {
    expect(trigramsOf(searchQuestion("abcdef")).toSorted()).toEqual(["abc", "bcd", "cde", "def"]);
  });

  it("is none for a text of under three characters, counted as people do", () => {
    expect(searchQuestion("ab")).toBeUndefined();
    expect(searchQuestion("\u{1F600}\u{1F600}")).toBeUndefined();
    expect(searchQuestion("\u{1F600}\u{1F600}\u{1F600}")).toBe('"\u{1F600}\u{1F600}\u{1F600}"');
  });

  it("of a long text names a few trigrams, none of an email's domain", () => {
    const trigrams = trigramsOf(searchQuestion("ada.lovelace1815@example.com"));
    expect(trigrams).toHaveLength(4);
    expect(trigrams.slice(0, 2).toSorted()).toEqual(["181", "815"]);
    for (const trigram of trigrams) expect("ada.lovelace1815").toContain(trigram);
  });

  it("has quotes doubled", () => {
    expect(searchQuestion('a"b')).toBe('"a""b"');
  });
});
