import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { InvalidConfiguration, StoreUnavailable, UnsupportedSchema } from "../errors.ts";
import type { AccessChange, AccessChanges } from "./access-changes.ts";
import type { AttemptStore } from "./attempt-store.ts";
import type { AuditLog } from "./audit-log.ts";
import type { CredentialStore } from "./credential-store.ts";
import type { GrantStore } from "./grant-store.ts";
import type { GroupStore } from "./group-store.ts";
import type { InvitationStore } from "./invitation-store.ts";
import type { KeyStore } from "./key-store.ts";
import type { OneTimeTokenStore } from "./one-time-token-store.ts";
import type { Outbox } from "./outbox.ts";
import type { SecondFactorStore } from "./second-factor-store.ts";
import type { SessionStore } from "./session-store.ts";
import type { UserStore } from "./user-store.ts";

/** All that is kept, by subject. */
export interface Stores {
  readonly users: UserStore;
  readonly credentials: CredentialStore;
  readonly sessions: SessionStore;
  readonly oneTimeTokens: OneTimeTokenStore;
  readonly secondFactors: SecondFactorStore;
  readonly attempts: AttemptStore;
  readonly invitations: InvitationStore;
  readonly groups: GroupStore;
  readonly grants: GrantStore;
  readonly keys: KeyStore;
  readonly audit: AuditLog;
  readonly accessChanges: AccessChanges;
  readonly outbox: Outbox;
}

/** A transaction under way, in the hands of the host's code. */
export interface LentTransaction {
  /** Of the kind `within` takes. */
  readonly transaction: object;
  /** Nothing goes through it any more. */
  readonly end: () => void;
}

/**
 * An open database. Its own stores are for reads outside transactions and see committed rows only.
 *
 * @typeParam Transaction what the host's own transaction looks like, e.g. a Kysely `Transaction`.
 */
export interface Storage<Transaction = never> extends Stores {
  /**
   * Runs `body` in one transaction: all of its writes or none. Isolation is serialisable: transactions behave as if one
   * ran after the other. The body may run more than once (a lost race, a busy file), so it does nothing but call the
   * given stores: no hashing, no mail, no HTTP. Only the stores handed to the body may be used inside it.
   *
   * A body that fails rolls back and fails with the same error; a commit that fails is `StoreUnavailable`.
   *
   * The body may also be given what lends this very transaction to hooks of the host's. A store that cannot leaves it out.
   */
  readonly transact: <A, E>(
    body: (stores: Stores, lend?: () => LentTransaction) => Effect.Effect<A, E>,
  ) => Effect.Effect<A, E | StoreUnavailable>;

  /**
   * The same storage inside the host's transaction: reads see its writes, `transact` becomes a savepoint in it, and
   * nothing is there for others until the host commits.
   */
  readonly within: (transaction: Transaction) => Storage<Transaction>;

  /**
   * Calls `hear` soon after a change of access was committed, in this process or another, until the answered function is
   * called. No more than a hint: it may come twice, for nothing, late or never, so what hangs on it hangs on the feed as
   * well. A database that cannot tell has no such method; a storage `within` a transaction has none either.
   */
  readonly onAccessChange?: (hear: (change: AccessChange) => void) => () => void;

  /** Succeeds when the database answers. */
  readonly check: () => Effect.Effect<void, StoreUnavailable>;

  /**
   * Looks for what no database of Muster may hold and answers a sentence for each: rows of users who are not there, users
   * without the rows that belong to them, names, sort keys and marks that differ from what the user says, sessions of
   * users who may have none, changes without an audit event, indexes that do not tell the truth. A sound database has none.
   *
   * Reads every user in one transaction, which holds up the writers of a SQLite file: about a second for 10,000 users.
   * Names at most ten offenders of each kind, by tenant and id; no sentence holds anything else of a user. A store that
   * cannot be looked through has no such method.
   */
  readonly brokenInvariants?: () => Effect.Effect<readonly string[], StoreUnavailable>;
}

/** A database not opened yet. What `sqliteStore(…)` and its like answer. */
export interface StoreModule<Transaction = never> {
  /** For messages, e.g. `sqlite`. */
  readonly name: string;
  /** Opens it, brings its schema up to date, and closes it with the scope. */
  readonly open: Effect.Effect<
    Storage<Transaction>,
    StoreUnavailable | UnsupportedSchema | InvalidConfiguration,
    Scope.Scope
  >;
}
