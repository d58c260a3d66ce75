/** How a file names another module: at run time, for its types alone, or only when a call reaches it. */
export type ImportKind = "value" | "type" | "dynamic";

/** One mention of another module. */
export interface Import {
  readonly specifier: string;
  readonly kind: ImportKind;
  readonly line: number;
}

/** A file of a package's `src`. */
export interface SourceFile {
  /** Folder under `packages/`. */
  readonly package: string;
  /** From the package's `src`, with slashes: `user/lifecycle.ts`. */
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** A name that a package's `exports` lead to. */
export interface PublicExport {
  readonly package: string;
  readonly name: string;
  /** Where it is declared, from the repository's root. */
  readonly file: string;
  readonly line: number;
  readonly documented: boolean;
}

/** What a package's manifest says about its dependencies. */
export interface Manifest {
  readonly package: string;
  readonly name: string;
  readonly dependencies: readonly string[];
  readonly peerDependencies: readonly string[];
  readonly devDependencies: readonly string[];
}

/** All that the laws look at. */
export interface SourceTree {
  readonly files: readonly SourceFile[];
  readonly exports: readonly PublicExport[];
  readonly manifests: readonly Manifest[];
}

/** `packages/core/src/user/user.ts:12`, as terminals and editors understand it. */
export const place = (file: SourceFile, line?: number): string =>
  `packages/${file.package}/src/${file.path}${line === undefined ? "" : `:${line}`}`;

/** Every import of every file. */
export const everyImport = (
  tree: SourceTree,
  visit: (file: SourceFile, found: Import) => string | undefined,
): readonly string[] =>
  tree.files.flatMap((file) =>
    file.imports.map((found) => visit(file, found)).filter((broken) => broken !== undefined),
  );
