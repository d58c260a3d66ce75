import { everyImport, type Import, type ImportKind, place, type SourceTree } from "./source-tree.ts";

/** A module a package may import, and how. A `*` at the end stands for any rest. */
interface Arrow {
  readonly to: string;
  readonly as?: readonly ImportKind[];
}

/** Loaded when first used, or not at all: the package works, or says clearly what is missing, without it. */
const lazily: readonly ImportKind[] = ["type", "dynamic"];

/** Who may import what: the table of ARCHITECTURE.md. A package without a row may import nothing. */
const arrows: { readonly [name: string]: readonly Arrow[] } = {
  core: [
    { to: "effect/*" },
    { to: "tsyringe" },
    { to: "reflect-metadata" },
    { to: "@node-rs/argon2" },
    { to: "jose", as: ["type"] },
    { to: "jose/*" },
    { to: "node:*" },
  ],
  "store-kysely": [{ to: "@muster/core/ports" }, { to: "kysely" }, { to: "effect/*" }, { to: "node:*" }],
  "store-sqlite": [
    { to: "@muster/store-kysely" },
    { to: "@muster/store-kysely/move" },
    { to: "@muster/core/ports" },
    { to: "better-sqlite3", as: lazily },
    { to: "kysely" },
    { to: "effect/*" },
    { to: "node:*" },
  ],
  "store-postgres": [
    { to: "@muster/store-kysely" },
    { to: "@muster/store-kysely/move" },
    { to: "@muster/core/ports" },
    { to: "pg", as: lazily },
    { to: "kysely" },
    { to: "effect/*" },
    { to: "node:*" },
  ],
  "foreign-hashes": [{ to: "@muster/core/ports" }, { to: "bcrypt" }, { to: "node:*" }],
  "mailer-nodemailer": [{ to: "@muster/core" }, { to: "nodemailer" }],
  http: [{ to: "@muster/core" }],
  "adapter-express": [
    { to: "@muster/http" },
    { to: "@muster/core" },
    { to: "express" },
    { to: "swagger-ui-dist", as: lazily },
    { to: "node:*" },
  ],
};

const allows = (arrow: Arrow, found: Import): boolean =>
  (arrow.to.endsWith("*") ? found.specifier.startsWith(arrow.to.slice(0, -1)) : found.specifier === arrow.to) &&
  (arrow.as === undefined || arrow.as.includes(found.kind));

/** Imports of other packages that the table does not list. */
export const unlistedArrows = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    if (found.specifier.startsWith(".")) return undefined;
    const row = arrows[file.package] ?? [];
    if (row.some((arrow) => allows(arrow, found))) return undefined;
    return `${place(file, found.line)} imports "${found.specifier}" (${found.kind}), which ${file.package} may not.`;
  });

/** Relative imports that lead out of the package's `src`. */
export const escapingImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    if (!found.specifier.startsWith(".")) return undefined;
    const ups = found.specifier.split("/").filter((step) => step === "..").length;
    if (ups < file.path.split("/").length) return undefined;
    return `${place(file, found.line)} leaves its package with "${found.specifier}".`;
  });

/** Imports of effect's barrel, which costs half a second at start. */
export const barrelImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) =>
    found.specifier === "effect"
      ? `${place(file, found.line)} imports effect's barrel; import effect/<Module>.`
      : undefined,
  );

/** Imports of the testing kit by code that ships. The kit itself may import its own files. */
export const testingImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    const inKit = file.package === "core" && file.path.startsWith("testing/");
    const ofKit = found.specifier === "@muster/core/testing" || /^\.\.?\/(.*\/)?testing\//.test(found.specifier);
    return ofKit && !inKit ? `${place(file, found.line)} imports the testing kit "${found.specifier}".` : undefined;
  });
