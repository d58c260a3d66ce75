/** What a statement is made of, as far as databases may differ in it. */
export interface Constructs {
  /** Words outside quotes that are followed by no parenthesis, in lower case: keywords, and names. */
  readonly words: readonly string[];
  /** Words before a parenthesis: functions, and some keywords. */
  readonly calls: readonly string[];
  readonly operators: readonly string[];
  /** What follows `::`. */
  readonly casts: readonly string[];
}

export const constructsOf = (sql: string): Constructs => {
  const bare = sql
    .replace(/\$\$.*?\$\$/gs, " dollar_quotes ")
    .replace(/\bE'(?:[^'\\]|\\.)*'/g, " escape_text ")
    .replace(/'(?:[^']|'')*'/g, " ")
    .replace(/"(?:[^"]|"")*"/g, " quoted ")
    .replace(/\$\d+/g, " ");
  const all = [...bare.matchAll(/\b([a-z_]\w*)(\s*\()?/gi)];
  const of = (isCall: boolean): readonly string[] =>
    all.flatMap(([, word = "", parenthesis]) => ((parenthesis !== undefined) === isCall ? [word.toLowerCase()] : []));
  return {
    words: of(false),
    calls: of(true),
    operators: bare.match(/[-+*/<>=~!@#%^&|`?:]+/g) ?? [],
    casts: [...bare.matchAll(/::\s*(\w+(?:\[\])?)/g)].map(([, type = ""]) => type.toLowerCase()),
  };
};
