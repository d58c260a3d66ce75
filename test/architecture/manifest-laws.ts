import { place, type SourceTree } from "./source-tree.ts";

/** `@scope/name` or `name` of what an import names; undefined for the package's own files and Node's modules. */
const packageOf = (specifier: string): string | undefined => {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
};

/** Imports that the package's manifest does not promise to whoever installs it. */
export const undeclaredDependencies = (tree: SourceTree): readonly string[] =>
  tree.files.flatMap((file) => {
    const manifest = tree.manifests.find((candidate) => candidate.package === file.package);
    const declared = new Set([...(manifest?.dependencies ?? []), ...(manifest?.peerDependencies ?? [])]);
    return file.imports.flatMap((found) => {
      const name = packageOf(found.specifier);
      if (name === undefined || declared.has(name)) return [];
      return [`${place(file, found.line)} imports "${found.specifier}", which its package.json does not declare.`];
    });
  });

/** Dependencies that no file of the package imports. A package without files yet has nothing to answer for. */
export const idleDependencies = (tree: SourceTree): readonly string[] =>
  tree.manifests.flatMap((manifest) => {
    const files = tree.files.filter((file) => file.package === manifest.package);
    if (files.length === 0) return [];
    const imported = new Set(files.flatMap((file) => file.imports.map((found) => packageOf(found.specifier))));
    return [...manifest.dependencies, ...manifest.peerDependencies]
      .filter((name) => !imported.has(name))
      .map((name) => `packages/${manifest.package}/package.json declares ${name}, which nothing in src imports.`);
  });

/** Peers that are not among the package's devDependencies: its own tests would run against whatever is around. */
export const untestedPeers = (tree: SourceTree): readonly string[] =>
  tree.manifests.flatMap((manifest) =>
    manifest.peerDependencies
      .filter((name) => !manifest.devDependencies.includes(name))
      .map((name) => `packages/${manifest.package}/package.json has the peer ${name} but no devDependency on it.`),
  );
