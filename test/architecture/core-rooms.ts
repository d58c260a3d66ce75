import path from "node:path/posix";
import { everyImport, type Import, place, type SourceFile, type SourceTree } from "./source-tree.ts";

/** The room of a file of core: its first folder, or `""` for the files that stand at the top. */
const roomOf = (file: string): string => (file.includes("/") ? file.slice(0, file.indexOf("/")) : "");

/** The file of core that a relative import leads to, from `src`. */
const target = (file: SourceFile, found: Import): string | undefined =>
  file.package === "core" && found.specifier.startsWith(".")
    ? path.join(path.dirname(file.path), found.specifier)
    : undefined;

/** Imports of the container's library outside the one file that wires objects together. */
export const containerImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    if (!["tsyringe", "reflect-metadata"].includes(found.specifier)) return undefined;
    if (file.package === "core" && file.path === "composition/container.ts") return undefined;
    return `${place(file, found.line)} imports ${found.specifier}; only core/src/composition/container.ts may.`;
  });

/**
 * Rooms that know who fills their ports: imports of `composition/` or `builtin/` from any other room of core. The testing
 * kit may know the built-in store, since it compares others with it.
 */
export const wiringImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    const to = target(file, found);
    if (to === undefined) return undefined;
    const [from, into] = [roomOf(file.path), roomOf(to)];
    if (into !== "composition" && into !== "builtin") return undefined;
    if (from === into || from === "composition" || from === "") return undefined;
    if (from === "testing" && into === "builtin") return undefined;
    return `${place(file, found.line)} imports "${found.specifier}": the room ${from}/ may not know ${into}/.`;
  });

/**
 * Imports of a port beyond the kernel, the errors, other ports and the types of rooms. The ports' door (`ports/index.ts`)
 * may also pass on what a room says at run time, but nothing that wires.
 */
export const portImports = (tree: SourceTree): readonly string[] =>
  everyImport(tree, (file, found) => {
    const to = target(file, found);
    if (to === undefined || roomOf(file.path) !== "ports") return undefined;
    if (to === "errors.ts" || ["kernel", "ports"].includes(roomOf(to))) return undefined;
    const wiring = ["", "composition", "builtin", "testing"].includes(roomOf(to));
    if (!wiring && (found.kind === "type" || file.path === "ports/index.ts")) return undefined;
    return `${place(file, found.line)} imports "${found.specifier}" (${found.kind}); a port knows the kernel, errors and types.`;
  });
