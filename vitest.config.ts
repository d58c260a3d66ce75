import { defineConfig } from "vitest/config";
import ClosingLineReporter from "./scripts/closing-line-reporter.ts";

export default defineConfig({
  resolve: { conditions: ["muster-source"] },
  ssr: { resolve: { conditions: ["muster-source"], externalConditions: ["muster-source"] } },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/*/test/**/*.test.ts",
      "docs/test/**/*.test.ts",
      "bench/test/**/*.test.ts",
      "test/**/*.test.ts",
      "docs/test/**/*.test.ts",
    ],
    globalSetup: ["packages/store-postgres/test/server/global-setup.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    silent: "passed-only",
    reporters: [new ClosingLineReporter()],
    execArgv: ["--conditions=muster-source"],
  },
});
