import type { InvalidConfiguration, StoreModule, StoreUnavailable } from "@muster/core/ports";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { SearchKeys } from "../dialect.ts";
import type { Executor, Statement } from "../executor.ts";
import type { Names } from "../names.ts";
import type { KyselyTransaction } from "../within.ts";

/** A store whose rows `moveStore` can move: those of `@muster/store-sqlite` and `@muster/store-postgres` are. */
export interface MovableStore extends StoreModule<KyselyTransaction> {
  /**
   * Connects apart from everything else that uses the database, past its schema check, and makes nothing: undefined
   * when there is nothing yet (no file, no tables).
   */
  readonly movable: Effect.Effect<MoveDatabase | undefined, StoreUnavailable | InvalidConfiguration, Scope.Scope>;
}

/** Runs a body on one connection, in one transaction of some kind. */
export type Transacting = <A, E>(
  body: (executor: Executor) => Effect.Effect<A, E>,
) => Effect.Effect<A, E | StoreUnavailable>;

/** A database as a move uses it: rows, not users. */
export interface MoveDatabase {
  /** For messages, e.g. `sqlite`. */
  readonly name: string;
  readonly names: Names;
  /** Single statements, and transactions that others write beside. */
  readonly executor: Executor;
  /** Everything the body reads is of one moment; nobody waits for it. */
  readonly snapshot: Transacting;
  /**
   * A transaction beside which nobody writes: it begins when all who were writing a table that is followed are done, and
   * whoever begins to write meanwhile waits or is refused. Given up, not repeated, when it cannot begin within a second.
   */
  readonly alone: Transacting;
  /** What these tables (bare names) consist of; those that are not there are left out. */
  readonly columns: (tables: readonly string[]) => Effect.Effect<readonly ColumnFact[], StoreUnavailable>;
  readonly sql: MoveSql;
  /** Why it cannot be moved from, if it cannot: the end of a sentence. */
  readonly cannotFollow?: string;
}

/** What a column holds. Anything else that a database knows is named as the database names it. */
export type ColumnKind = "text" | "integer" | "boolean" | "json" | "bytes";

/** A column as its database keeps it. */
export interface ColumnFact {
  /** Bare name of the table, e.g. `muster_users`. */
  readonly table: string;
  readonly name: string;
  readonly kind: ColumnKind | (string & {});
  /** 1, 2, … within the primary key, 0 outside of it. */
  readonly keyPlace: number;
  readonly isGenerated: boolean;
  /** Whether the database numbers rows by it. */
  readonly isIdentity: boolean;
}

/** A column that is moved. */
export interface MovedColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Statements in which databases differ, as they are to be sent. */
export interface MoveSql {
  /** A JSON array of objects, bound as one text, as rows with these columns. Bytes are hexadecimal in it; its parameter is `?`. */
  readonly records: (columns: readonly MovedColumn[]) => string;
  /** Stands before the rows of an insert that brings its own numbers along. */
  readonly overriding: string;
  /** The table of changes. */
  readonly createChanges: readonly string[];
  /** Makes the database write the key of every row that is inserted, updated or deleted into the table of changes. */
  readonly follow: (table: string, key: readonly MovedColumn[]) => readonly string[];
  /** Once, before any table is followed. */
  readonly beforeFollowing: readonly string[];
  /** From its commit on every write of these tables, which are followed, is refused for good. */
  readonly seal: (tables: readonly string[]) => readonly string[];
  /** Undoes `follow` and `seal`; what is not there is no error. */
  readonly release: (tables: readonly string[]) => readonly string[];
  /** Empties the tables, whatever refers to whatever. */
  readonly empty: (tables: readonly string[]) => readonly string[];
  /** Lets the numbers that the database gives go on after those in the table. */
  readonly advance: (table: string, column: string) => readonly string[];
  /** Gives everything that is still to be numbered its number, at the end, when nobody writes any more. */
  readonly settle: readonly string[];
  /**
   * What these tables go without while they are filled.
   *
   * @param isEmpty whether they are empty: then indexes go as well.
   */
  readonly loosen: (
    executor: Executor,
    tables: readonly string[],
    isEmpty: boolean,
  ) => Effect.Effect<Loosened, StoreUnavailable>;
  /** What keeps a search index true that is no index of the database's own. */
  readonly keepSearch?: (
    userSeq: number,
    before: SearchKeys | undefined,
    after: SearchKeys | undefined,
  ) => readonly Statement[];
}

/** Statements as they are to be sent. */
export interface Loosened {
  readonly away: readonly string[];
  readonly back: {
    /** Indexes, which are built faster when all rows are there. */
    readonly indexes: readonly string[];
    /** Rules about single writes: a move writes the outcome of several at once. */
    readonly rules: readonly string[];
  };
}

/** A statement of the move as this database is to get it. */
export const statementFor = <Row = unknown>(
  { names }: Pick<MoveDatabase, "names">,
  sql: string,
  parameters: readonly unknown[] = [],
): Statement<Row> => ({ sql: names.written(sql), parameters });
