/**
 * The first text after all those that start with `prefix`, in the order of code points; undefined when none is.
 * With it "starts with" is a range, which an index can walk.
 */
export const endOfPrefix = (prefix: string): string | undefined => {
  const characters = [...prefix];
  while (characters.length > 0) {
    const last = characters.pop()?.codePointAt(0) ?? lastCodePoint;
    if (last < lastCodePoint) return characters.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
  return undefined;
};

const lastCodePoint = 0x10ffff;
