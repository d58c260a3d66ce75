/** Keys side by side, on QWERTY, QWERTZ and AZERTY, digits that wrap, and the alphabet. */
const rows = [
  "01234567890",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "qwertzuiop",
  "yxcvbnm",
  "azertyuiop",
  "qsdfghjklm",
  "wxcvbn",
];

const neighbours: ReadonlySet<string> = new Set(
  rows.flatMap((row) => Array.from({ length: row.length - 1 }, (_, index) => row.slice(index, index + 2))),
);

/** What a finger repeats: a letter, digit, mark of punctuation or space. Repeated emoji are somebody's choice. */
const repeatable = /^[\p{L}\p{N}\p{P}\p{Zs}\x20-\x7e]$/u;

const steps: readonly ((from: string, to: string) => boolean)[] = [
  (from, to) => from === to && repeatable.test(from),
  (from, to) => neighbours.has(from + to),
  (from, to) => neighbours.has(to + from),
];

const shortestRun = 3;

/**
 * Whether a text is nothing but straight runs of three or more characters: one character repeated, or neighbours in a
 * keyboard row, the digits or the alphabet, in either direction. `12345678`, `qwertyuiop`, `aaaa`, `abc123cba`.
 */
export const isStraightRuns = (text: string): boolean => {
  const characters = [...text.toLowerCase()];
  let start = 0;
  while (start < characters.length) {
    const length = Math.max(...steps.map((step) => runLength(characters, start, step)));
    if (length < shortestRun) return false;
    start += length;
  }
  return characters.length > 0;
};

const runLength = (
  characters: readonly string[],
  start: number,
  step: (from: string, to: string) => boolean,
): number => {
  let end = start + 1;
  while (end < characters.length && step(characters[end - 1] ?? "", characters[end] ?? "")) end++;
  return end - start;
};
