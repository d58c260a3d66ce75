import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, ownerOf } from "./program.ts";

/** The pooler, where it is installed: `apt-get install pgbouncer`. */
export const pgbouncer: string | undefined = ["pgbouncer", "/usr/sbin/pgbouncer"].find(
  (command) => spawnSync(command, ["--version"]).status === 0,
);

/** A pooler in front of a server. It ends with this process. */
export interface Pooler {
  /** The connection string by way of it. */
  readonly url: string;
  readonly end: () => Promise<void>;
}

/** Hands out as many connections as there are told for the length of a transaction each. */
export const startPooler = async (command: string, serverUrl: string, connections: number): Promise<Pooler> => {
  const { hostname, port, username, password } = new URL(serverUrl);
  const owner = ownerOf();
  const folder = mkdtempSync(path.join(tmpdir(), "muster-pgbouncer-"));
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const ownPort = await freePort();
  const secret = password === "" ? "" : ` password=${decodeURIComponent(password)}`;
  const settings = [
    "[databases]",
    `* = host=${hostname} port=${port === "" ? 5432 : port} user=${decodeURIComponent(username)}${secret}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${ownPort}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    `default_pool_size = ${connections}`,
    "max_client_conn = 500",
    "ignore_startup_parameters = statement_timeout",
  ];
  const file = path.join(folder, "pgbouncer.ini");
  writeFileSync(file, settings.join("\n"), { mode: 0o644 });
  const child = spawn(command, [file], { ...owner, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  await isUp(child);
  const url = new URL(serverUrl);
  url.host = `127.0.0.1:${ownPort}`;
  return {
    url: url.href,
    end: () =>
      new Promise((resolve) => {
        process.off("exit", kill);
        child.once("exit", () => {
          rmSync(folder, { recursive: true, force: true });
          resolve();
        });
        kill();
      }),
  };
};

const isUp = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-10_000);
      if (log.includes("process up")) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`pgbouncer ended with ${code}: ${log}`)));
  });
