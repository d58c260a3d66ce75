import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { errorFacts } from "@muster/core";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDatabase } from "../../packages/store-postgres/test/postgres.ts";

/** Every page's TypeScript runs, as one program from top to bottom, and prints what its `// →` comments say. */
const root = path.resolve(import.meta.dirname, "../..");
const pages = [
  "README.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const extracted = path.join(root, "docs", ".extracted");

const blocks = (page: string, language: string): string =>
  [...readFileSync(path.join(root, page), "utf8").matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))]
    .map((match) => match[1])
    .join("\n");

/** Imports may stand in any block of a page; in the program they come first. */
const program = (code: string): string => {
  const imports: readonly string[] = code.match(/^import .*;$/gm) ?? [];
  return [...imports, ...code.split("\n").filter((line) => !imports.includes(line))].join("\n");
};

const expected = (code: string): string[] =>
  [...code.matchAll(/\/\/ →(.*)$/gm)].map((match) => (match[1] ?? "").trim());

const run = promisify(execFile);

afterAll(() => rmSync(extracted, { recursive: true, force: true }));

/** Pages that need PostgreSQL find a database of theirs where an app would look for it. */
const database = await temporaryDatabase();

describe("the documentation", () => {
  const withCode = pages.filter((page) => blocks(page, "ts") !== "");

  it.each(withCode)("%s runs and prints what it says", async (page) => {
    const code = blocks(page, "ts");
    const file = path.join(extracted, `${path.basename(page, ".md")}.ts`);
    mkdirSync(extracted, { recursive: true });
    // Nothing a page leaves open may keep the program from ending; it ran to its end by then.
    writeFileSync(file, `${program(code)}\nprocess.exit(0);\n`);
    const directory = mkdtempSync(path.join(extracted, "run-"));
    const { stdout, stderr } = await run(process.execPath, ["--conditions=muster-source", file], {
      cwd: directory,
      env: { ...process.env, DATABASE_URL: database },
    });
    expect(stderr).toBe("");
    expect(stdout.split("\n").slice(0, -1)).toEqual(expected(code));
  });

  it("keeps the quick start within 20 lines", () => {
    expect(
      blocks("README.md", "ts")
        .split("\n")
        .filter((line) => line.trim() !== "").length,
    ).toBeLessThanOrEqual(20);
  });

  it("lists every error with its code and status", () => {
    const rows = [
      ...readFileSync(path.join(root, "docs/errors.md"), "utf8").matchAll(
        /^\| <a id="(\w+)"><\/a>`(\w+)` \| (\d+) \|/gm,
      ),
    ];
    expect(rows.map(([, anchor, code, status]) => `${anchor} ${code} ${status}`).sort()).toEqual(
      Object.values(errorFacts)
        .map(({ code, status }) => `${code} ${code} ${status}`)
        .sort(),
    );
  });

  it("links to files that exist", () => {
    const broken = pages.flatMap((page) =>
      [...readFileSync(path.join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => path.join(path.dirname(path.join(root, page)), match[1] ?? ""))
        .filter((file) => !existsSync(file)),
    );
    expect(broken).toEqual([]);
  });
});
