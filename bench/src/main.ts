import { execFileSync } from "node:child_process";
import path from "node:path";

// Hosts run compiled packages, so these are measured; from the sources only whether everything runs is of interest.
if (!process.execArgv.some((argument) => argument.includes("muster-source"))) {
  const root = path.resolve(import.meta.dirname, "../..");
  const packages = ["packages/adapter-express", "packages/store-sqlite", "packages/store-postgres"];
  execFileSync(path.join(root, "node_modules/.bin/tsc"), ["-b", ...packages], { cwd: root, stdio: "inherit" });
}
// Not before there is something to import.
await import("./bench.ts");
