import { StoreUnavailable } from "@muster/core/ports";

/** The result code of an error that SQLite raised, e.g. `SQLITE_BUSY_RECOVERY`; undefined for any other error. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("SQLITE_")
    ? error.code
    : undefined;

/** Another connection holds a lock that we need. */
export const isBusy = (error: unknown): boolean => {
  const code = codeOf(error);
  return code !== undefined && (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"));
};

/** Result codes (sqlite.org/rescode.html) by their beginning, and what they mean for a caller. Others are bugs. */
const meanings: readonly (readonly [code: string, reason: string, retryable: boolean])[] = [
  ["SQLITE_BUSY", "another process is writing to it", true],
  ["SQLITE_LOCKED", "another connection is writing to it", true],
  ["SQLITE_FULL", "the disk is full", false],
  ["SQLITE_READONLY", "the file or its directory is read-only", false],
  ["SQLITE_CANTOPEN", "the file cannot be opened", false],
  ["SQLITE_NOTADB", "the file is not a SQLite database", false],
  ["SQLITE_CORRUPT", "the file is damaged", false],
  ["SQLITE_IOERR", "the disk reports an error", false],
  ["SQLITE_PERM", "the file may not be accessed", false],
  ["SQLITE_AUTH", "the file may not be accessed", false],
  ["SQLITE_NOMEM", "there is not enough memory", true],
  ["SQLITE_INTERRUPT", "the statement was interrupted", true],
  ["SQLITE_PROTOCOL", "its locks are contended", true],
];

/** What triggers say that a move leaves behind. */
export const movedAway = "muster: it was moved to another database";

/** What an error of better-sqlite3 means for the caller; undefined when it is a bug. */
export const unavailable = (error: unknown): StoreUnavailable | undefined => {
  const code = codeOf(error);
  const known = code === undefined ? undefined : meanings.find(([beginning]) => code.startsWith(beginning));
  if (known !== undefined) return new StoreUnavailable({ reason: known[1], retryable: known[2], cause: error });
  if (error instanceof Error && error.message === movedAway) {
    return new StoreUnavailable({ reason: "it was moved to another database", retryable: false, cause: error });
  }
  if (isClosed(error)) return new StoreUnavailable({ reason: "it was closed", retryable: false, cause: error });
  return undefined;
};

/** By its message: drivers agree in nothing else. */
export const isReferenced = (error: unknown): boolean =>
  error instanceof Error && error.message === "FOREIGN KEY constraint failed";

const isClosed = (error: unknown): boolean =>
  error instanceof TypeError && error.message === "The database connection is not open";
