import { place, type SourceFile, type SourceTree } from "./source-tree.ts";

const lineLimit = 300;
const medianLimit = 90;
const ninetiethLimit = 200;

/** Files over the limit: each is two rooms. */
export const longFiles = (tree: SourceTree): readonly string[] =>
  tree.files
    .filter((file) => file.lines > lineLimit)
    .map((file) => `${place(file, lineLimit + 1)} has ${file.lines} lines, over ${lineLimit}: it is two rooms.`);

/** Packages whose files are long as a habit: by nearest rank, the median and the ninetieth percentile. */
export const longHabits = (tree: SourceTree): readonly string[] =>
  [...Map.groupBy(tree.files, (file) => file.package)].flatMap(([name, files]) => {
    const sorted = files.toSorted((a, b) => a.lines - b.lines);
    return [
      ...overRank(name, sorted, 0.5, medianLimit, "median"),
      ...overRank(name, sorted, 0.9, ninetiethLimit, "ninetieth percentile"),
    ];
  });

const overRank = (
  name: string,
  sorted: readonly SourceFile[],
  rank: number,
  limit: number,
  word: string,
): readonly string[] => {
  const at = sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)];
  return at !== undefined && at.lines > limit
    ? [`packages/${name}/src: the ${word} is ${at.lines} lines (${place(at)}), over ${limit}.`]
    : [];
};

const emptyNames = new Set(["utils", "util", "common", "helpers", "helper", "manager", "data", "info"]);

/**
 * Files and folders named after nothing: a path step whose last word is an empty one (`utils`, `user-data`,
 * `session-manager`). The word in front may stand: `common-passwords` says what it holds.
 */
export const emptyFileNames = (tree: SourceTree): readonly string[] =>
  tree.files
    .filter((file) =>
      file.path.split("/").some((step) => emptyNames.has(step.split(".")[0]?.split("-").at(-1)?.toLowerCase() ?? "")),
    )
    .map((file) => `${place(file)} is named after nothing it holds.`);

/** Public names without a sentence above them. */
export const silentExports = (tree: SourceTree): readonly string[] => [
  ...new Set(
    tree.exports
      .filter((found) => !found.documented)
      .map((found) => `${found.file}:${found.line} exports ${found.name} without a docstring.`),
  ),
];
