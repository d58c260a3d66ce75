import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { isStringLiteral, type Node, SyntaxKind } from "typescript/unstable/ast";
import {
  isCallExpression,
  isExportDeclaration,
  isImportDeclaration,
  isImportTypeNode,
  isLiteralTypeNode,
} from "typescript/unstable/ast/is";
import { API, type Project, SymbolFlags } from "typescript/unstable/sync";
import type { Import, ImportKind, Manifest, PublicExport, SourceFile, SourceTree } from "./source-tree.ts";

/** Reads every package under `packages/` of a repository with the compiler's own parser. */
export const readSourceTree = (root: string): SourceTree => {
  const packages = globSync("packages/*/package.json", { cwd: root }).map((file) => path.basename(path.dirname(file)));
  const api = new API({ cwd: root });
  try {
    const files: SourceFile[] = [];
    const exports: PublicExport[] = [];
    for (const name of packages.sort()) {
      const config = path.join(root, "packages", name, "tsconfig.json");
      const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
      if (project === undefined) throw new Error(`${config} does not open.`);
      files.push(...readFiles(root, name, project));
      exports.push(...readExports(root, name, project));
    }
    return { files, exports, manifests: packages.map((name) => readManifest(root, name)) };
  } finally {
    api.close();
  }
};

/** The files of a package's project: what `include` in its tsconfig.json names, which is all of `src`. */
const readFiles = (root: string, name: string, project: Project): readonly SourceFile[] => {
  const src = path.join(root, "packages", name, "src");
  return project.rootFiles.map((file) => {
    const parsed = project.program.getSourceFile(file);
    if (parsed === undefined) throw new Error(`${file} cannot be read.`);
    const imports: Import[] = [];
    const visit = (node: Node): void => {
      const found = importOf(node);
      if (found !== undefined) {
        const line = parsed.getLineAndCharacterOfPosition(node.getStart(parsed)).line + 1;
        imports.push({ ...found, line });
      }
      node.forEachChild(visit);
    };
    visit(parsed);
    const lines = parsed.text.split("\n").length - (parsed.text.endsWith("\n") ? 1 : 0);
    return { package: name, path: path.relative(src, file).split(path.sep).join("/"), lines, imports };
  });
};

const importOf = (node: Node): { readonly specifier: string; readonly kind: ImportKind } | undefined => {
  if (isImportDeclaration(node) && isStringLiteral(node.moduleSpecifier)) {
    const typeOnly = node.importClause?.phaseModifier === SyntaxKind.TypeKeyword;
    return { specifier: node.moduleSpecifier.text, kind: typeOnly ? "type" : "value" };
  }
  if (isExportDeclaration(node) && node.moduleSpecifier !== undefined && isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, kind: node.isTypeOnly ? "type" : "value" };
  }
  if (isImportTypeNode(node) && isLiteralTypeNode(node.argument) && isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, kind: "type" };
  }
  if (isCallExpression(node)) {
    const [first] = node.arguments;
    if (first !== undefined && isStringLiteral(first) && loaders.has(node.expression.getText())) {
      return { specifier: first.text, kind: "dynamic" };
    }
  }
  return undefined;
};

/** What loads a module by name when it is called. */
const loaders = new Set(["import", "require", "require.resolve", "import.meta.resolve"]);

const readExports = (root: string, name: string, project: Project): readonly PublicExport[] =>
  entryPoints(root, name).flatMap((entry) => {
    const { checker, program } = project;
    const parsed = program.getSourceFile(entry);
    const door = parsed === undefined ? undefined : checker.getSymbolAtLocation(parsed);
    if (door === undefined) return [];
    return checker.getExportsOfModule(door).flatMap((exported) => {
      const symbol = exported.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.declarations[0]?.resolve();
      const file = declaration?.getSourceFile();
      if (declaration === undefined || file === undefined) return [];
      if (!file.fileName.startsWith(path.join(root, "packages", name, "src"))) return [];
      return {
        package: name,
        name: exported.name,
        file: path.relative(root, file.fileName),
        line: file.getLineAndCharacterOfPosition(declaration.getStart(file)).line + 1,
        documented: symbol.getDocumentationComment(checker).trim() !== "",
      };
    });
  });

interface PackageJson {
  readonly name: string;
  readonly exports?: { readonly [door: string]: string | { readonly "muster-source"?: string } };
  readonly dependencies?: { readonly [name: string]: string };
  readonly peerDependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

const readPackageJson = (root: string, name: string): PackageJson =>
  JSON.parse(readFileSync(path.join(root, "packages", name, "package.json"), "utf8"));

const entryPoints = (root: string, name: string): readonly string[] =>
  Object.values(readPackageJson(root, name).exports ?? {}).flatMap((door) =>
    typeof door === "object" && door["muster-source"] !== undefined
      ? [path.join(root, "packages", name, door["muster-source"])]
      : [],
  );

const readManifest = (root: string, name: string): Manifest => {
  const json = readPackageJson(root, name);
  return {
    package: name,
    name: json.name,
    dependencies: Object.keys(json.dependencies ?? {}),
    peerDependencies: Object.keys(json.peerDependencies ?? {}),
    devDependencies: Object.keys(json.devDependencies ?? {}),
  };
};
