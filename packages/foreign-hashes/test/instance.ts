import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createMuster, isMusterError, type Muster, type MusterOptions, type StoreModule } from "@muster/core";
import { sqliteStore } from "@muster/store-sqlite";
import Database from "better-sqlite3";
import { afterAll } from "vitest";
import { foreignHashes } from "../src/index.ts";

/** A SQLite file in a directory of its own, removed when the tests of the file are over. */
export const aFile = (): string => {
  const directory = mkdtempSync(path.join(tmpdir(), "muster-foreign-hashes-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  return path.join(directory, "users.db");
};

/** An instance on a file that knows hashes of other systems, closed when the tests of the file are over. */
export const anInstance = (file: string, hashing: MusterOptions["hashing"] = {}): Promise<Muster<unknown>> =>
  anInstanceOn(sqliteStore(file), hashing);

/** The same on any store. */
export const anInstanceOn = async <Transaction>(
  store: StoreModule<Transaction>,
  hashing: MusterOptions["hashing"] = {},
): Promise<Muster<unknown>> => {
  const muster = await createMuster({
    store,
    issuer: "https://app.example",
    hashing: { foreign: foreignHashes(), threads: 2, ...hashing },
    throttling: false,
  });
  afterAll(() => muster.close());
  return muster as Muster<unknown>;
};

/** What is stored for a user, read beside Muster. */
export const storedHash = (file: string, userId: string): string => {
  const db = new Database(file, { readonly: true });
  const row = db.prepare("select password_hash from muster_user_credentials where user_id = ?").pluck().get(userId);
  db.close();
  return String(row);
};

/** Puts a text where a hash belongs, beside Muster. */
export const store = (file: string, userId: string, text: string): void => {
  const db = new Database(file);
  db.prepare("update muster_user_credentials set password_hash = ? where user_id = ?").run(text, userId);
  db.close();
};

/** `ok`, or the code of the error a call is refused with. */
export const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "ok",
    (error: unknown) => {
      if (isMusterError(error)) return error.code;
      throw error;
    },
  );
