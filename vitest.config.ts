import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["muster-source"] },
  ssr: { resolve: { conditions: ["muster-source"], externalConditions: ["muster-source"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/*/test/**/*.test.ts", "test/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ["dot"],
    execArgv: ["--conditions=muster-source"],
  },
});
