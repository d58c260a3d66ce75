import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { InvalidConfiguration } from "@muster/core/ports";
import type Database from "better-sqlite3";
import * as Effect from "effect/Effect";

/** The constructor of better-sqlite3. */
export type Driver = typeof Database;

/**
 * Loads better-sqlite3 when a database is opened, not before: importing this package costs nothing of it.
 *
 * From version 13 on it ends the process when loaded by Node.js 20 (its native code needs the Node-API of 22); nothing
 * can catch that, so the version is read first.
 */
export const loadDriver: Effect.Effect<Driver, InvalidConfiguration> = Effect.gen(function* () {
  const version = yield* Effect.try({ try: installedVersion, catch: notInstalled });
  const refusal = refusalOf(version, process.versions.node);
  if (refusal !== undefined) return yield* new InvalidConfiguration({ reason: refusal });
  const module = yield* Effect.tryPromise({ try: () => import("better-sqlite3"), catch: notInstalled });
  return module.default;
});

/** Why this pair of versions cannot work; undefined when it can. */
export const refusalOf = (driverVersion: string, nodeVersion: string): string | undefined =>
  majorOf(driverVersion) >= 13 && majorOf(nodeVersion) < 22
    ? `better-sqlite3 ${driverVersion} needs Node.js 22 or newer and this is ${nodeVersion}: update Node.js, or install better-sqlite3@12.`
    : undefined;

const installedVersion = (): string => {
  const manifest = createRequire(import.meta.url).resolve("better-sqlite3/package.json");
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version: string };
  return version;
};

const notInstalled = (cause: unknown): InvalidConfiguration =>
  new InvalidConfiguration({
    reason: `better-sqlite3 could not be loaded: install it beside @muster/store-sqlite (${messageOf(cause)}).`,
  });

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.message.split("\n")[0] ?? cause.name) : String(cause);

const majorOf = (version: string): number => Number.parseInt(version, 10);
