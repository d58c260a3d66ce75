import type { SerializedError, TestModule, TestRunEndReason } from "vitest/node";
import { DotReporter } from "vitest/node";

/**
 * Prints a dot per test, every failure in full, and `N passed, N failed` as the last line.
 *
 * A file that cannot be loaded and an error outside any test count as failures, so that the closing line never says
 * zero while the exit code says one. A skipped test is named: the suite has none.
 */
export default class ClosingLineReporter extends DotReporter {
  override onTestRunEnd(
    modules: readonly TestModule[],
    unhandled: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    super.onTestRunEnd(modules, unhandled, reason);
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      if (module.errors().length > 0) failed += 1;
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else this.log(`not run: ${test.fullName}`);
      }
    }
    if (failed === 0 && reason !== "passed") failed = 1;
    this.log(`${passed} passed, ${failed} failed`);
  }
}
