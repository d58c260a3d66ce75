import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { startServer, type TestServer } from "./server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Where a test file asks for the server of this run, and finds its address. */
    readonly postgresDesk: string;
  }
}

/**
 * One PostgreSQL for all test files of a run, started when the first of them asks for it: a run that needs none pays
 * nothing. It is stopped when the run ends.
 */
export default (project: TestProject): (() => Promise<void>) => {
  const desk = mkdtempSync(path.join(tmpdir(), "muster-desk-"));
  project.provide("postgresDesk", desk);
  let starting: Promise<TestServer | undefined> | undefined;
  const asked = setInterval(() => {
    if (!existsSync(path.join(desk, "wanted"))) return;
    clearInterval(asked);
    starting = startServer().then(
      (server) => {
        answer(desk, { url: server.urlOf("postgres") });
        return server;
      },
      (error: unknown) => {
        answer(desk, { error: String(error) });
        return undefined;
      },
    );
  }, 50);
  asked.unref();
  return async () => {
    clearInterval(asked);
    await (await starting)?.end();
    rmSync(desk, { recursive: true, force: true });
  };
};

type Answer = { readonly url: string } | { readonly error: string };

/** Whole or not there at all. */
const answer = (desk: string, what: Answer): void => {
  writeFileSync(path.join(desk, "answer.new"), JSON.stringify(what));
  renameSync(path.join(desk, "answer.new"), path.join(desk, "answer"));
};
