import type { AccessChanges, JsonObject, StoreUnavailable } from "@muster/core/ports";
import type * as Effect from "effect/Effect";
import type { AliasableExpression, Expression, Dialect as KyselyDialect, RawBuilder, SqlBool } from "kysely";
import type { Executor, Statement } from "./executor.ts";

/** The rows of users that a search may find: a subquery with a column `user_seq`, each user at most once. */
export type SeqSource = AliasableExpression<{ user_seq: number }>;

/** The comparable texts by which users are searched. */
export interface SearchKeys {
  readonly username_key: string;
  readonly email_key: string;
  readonly first_name_key: string;
  readonly last_name_key: string;
  readonly display_name_key: string;
}

/** Two ways to ask for the users who hold a text, which are one when all that can be asked is soon answered. */
export interface SearchQuestion {
  /** Soon answered, also with users who do not hold the text. */
  readonly brief: string;
  /** Answered with hardly anybody else, in more time. */
  readonly full: string;
}

/** All in which the databases differ: everything else of this package is the same for each. */
export interface Dialect {
  /** For messages. */
  readonly name: string;
  /** Compiles queries; never runs one. */
  readonly kysely: KyselyDialect;
  /** What an error of the driver means for the caller; undefined when it is a bug: broken SQL, a broken constraint. */
  readonly unavailable: (error: unknown) => StoreUnavailable | undefined;
  /** Whether an error of the driver says that rows of another table refer to the one that was to go. */
  readonly isReferenced: (error: unknown) => boolean;
  /** A JSON array of texts, bound as one value, as a table with a column `value`. */
  readonly eachText: (json: string) => RawBuilder<{ value: string }>;
  /** The same for whole numbers. */
  readonly eachNumber: (json: string) => RawBuilder<{ value: number }>;
  /** All the numbers of a group as one JSON array in text. */
  readonly collect: (number: Expression<number>) => RawBuilder<string>;
  /** Whether a text holds another, byte by byte; the planner is to use no index for it. */
  readonly contains: (text: Expression<string>, part: string) => Expression<SqlBool>;
  /** The same value, hidden from the planner's choice of an index. */
  readonly unindexed: <T>(value: Expression<T>) => Expression<T>;
  /** What core's `jsonContains` means, on a column of JSON. */
  readonly jsonContains: (document: Expression<string>, part: JsonObject) => Expression<SqlBool>;
  /**
   * Up to this many candidates of a list are looked up and sorted; of more, an index is walked in the order of the list.
   */
  readonly candidateCap: number;
  /** Whether the database sorts the candidates. Otherwise this process does, by nothing but their places if they are many. */
  readonly sortsCandidates: boolean;
  readonly search: {
    /** What to ask the index for users who hold a text; undefined when the text is too short for it. */
    readonly question: (text: string) => SearchQuestion | undefined;
    /**
     * Those of a tenant who may hold the text of a question in one of their comparable texts: all of them, and perhaps
     * more, of other tenants too.
     */
    readonly source: (tenant: string, question: string) => SeqSource;
    /**
     * The same as a test of the row `u`, where the planner knows from its statistics whether many or few hold a text,
     * and itself chooses between the index and the order of the list.
     */
    readonly test?: (question: string) => Expression<SqlBool>;
    /** What keeps the index true when a user comes, changes or goes. */
    readonly keep: (
      userSeq: number,
      before: SearchKeys | undefined,
      after: SearchKeys | undefined,
    ) => readonly Statement[];
    /** A sentence for each index that does not tell what its table does; where the database sees to that, left out. */
    readonly brokenIndexes?: (executor: Executor) => Effect.Effect<readonly string[], StoreUnavailable>;
  };
  /**
   * Whether a host's transaction may run beside others without being serialisable. What it relies on is then written by it
   * as it is (touched), so that whoever changes it at the same time waits, or is undone and repeated.
   */
  readonly hostsMayRace?: boolean;
  /** The feed of access changes, where numbers given by the database do not become visible in their order. */
  readonly accessChanges?: (executor: Executor) => AccessChanges;
}
