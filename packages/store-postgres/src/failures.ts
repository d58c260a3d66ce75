import { StoreUnavailable } from "@muster/core/ports";

/** Why a transaction came to nothing, though the same one may succeed if it is run again. */
export type Setback =
  /** Another transaction was in the way: the server undid this one. */
  | "race"
  /** The connection broke. */
  | "lost";

/** The SQLSTATE of an error that the server raised; undefined for any other error. */
export const sqlStateOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code)
    ? error.code
    : undefined;

/** SQLSTATEs of our own: a move is changing databases over just now, or has done so. */
export const movingState = "MV001";
export const movedState = "MV002";

/** Serialization failure, deadlock, lock not available: appendix A of PostgreSQL's manual. */
const races = new Set(["40001", "40P01", "55P03", movingState]);

/** Ends of a connection by the server: class 08, shutdowns, and the limits on idle sessions and transactions. */
const isEndOfConnection = (state: string): boolean =>
  state.startsWith("08") || state.startsWith("57P") || state === "25P03";

/** Codes of Node.js for a server that cannot be reached, or not any more. */
const unreachable = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNABORTED",
  "ENOENT",
]);

/** What pg says when a connection ended; it gives these errors no code. */
const endings =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Query read timeout)/;

/** Whether trying again makes sense, and after what; undefined when it does not. */
export const setbackOf = (error: unknown): Setback | undefined => {
  const state = sqlStateOf(error);
  if (state !== undefined && races.has(state)) return "race";
  if (state !== undefined && state !== "EPIPE") return isEndOfConnection(state) ? "lost" : undefined;
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string" && unreachable.has(error.code)) return "lost";
  // Every address of a host name was tried: the errors of each are in it.
  if (error instanceof AggregateError && error.errors.some((each) => setbackOf(each) === "lost")) return "lost";
  return endings.test(error.message) ? "lost" : undefined;
};

/** Whether an error of `commit` is the server's own word that nothing was committed. */
export const isRefusal = (error: unknown): boolean => {
  const state = sqlStateOf(error);
  if (state === undefined || state === "EPIPE") return isUnsent(error);
  return !isEndOfConnection(state) && state !== "40003";
};

/** pg says so before it sends anything. */
const isUnsent = (error: unknown): boolean =>
  error instanceof Error && /^Client (has encountered a connection error|was closed)/.test(error.message);

/** SQLSTATEs by their beginning, and what they mean for a caller. Others are bugs. */
const meanings: readonly (readonly [state: string, reason: string, retryable: boolean])[] = [
  [movingState, "it is being moved to another database", true],
  [movedState, "it was moved to another database", false],
  ["40", "another transaction was in the way", true],
  ["55P03", "another transaction holds a lock", true],
  ["57014", "a statement took too long", true],
  ["57P03", "it is starting up", true],
  ["57P", "it ended the connection", true],
  ["08", "the connection was lost", true],
  ["25P02", "the transaction had failed before", true],
  ["25P03", "the transaction was idle for too long", true],
  ["25006", "it is read-only", false],
  ["53100", "the disk is full", false],
  ["53", "it has not enough resources", true],
  ["58", "the disk reports an error", false],
  ["XX001", "it is damaged", false],
  ["XX002", "it is damaged", false],
  ["28", "it refuses the login", false],
  ["3D000", "there is no database of this name", false],
  ["42501", "its user lacks a privilege", false],
];

/** What an error of pg means for the caller; undefined when it is a bug. */
export const unavailable = (error: unknown): StoreUnavailable | undefined => {
  if (error instanceof StoreUnavailable) return error;
  const state = sqlStateOf(error);
  const known = state === undefined ? undefined : meanings.find(([beginning]) => state.startsWith(beginning));
  if (known !== undefined) return new StoreUnavailable({ reason: known[1], retryable: known[2], cause: error });
  if (isClosed(error)) return new StoreUnavailable({ reason: "it was closed", retryable: false, cause: error });
  if (setbackOf(error) !== undefined) {
    return new StoreUnavailable({ reason: "it cannot be reached", retryable: true, cause: error });
  }
  return undefined;
};

/** Foreign key violation, and restrict violation, which PostgreSQL 18 tells apart. */
export const isReferenced = (error: unknown): boolean => ["23503", "23001"].includes(sqlStateOf(error) ?? "");

const isClosed = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("Cannot use a pool after calling end");
