import type { AuditEvent } from "../audit/audit-event.ts";

/** What happened, as the audit log has it, and in which tenant. Never holds a secret or the values that changed. */
export interface ChangeEvent extends AuditEvent {
  readonly tenant: string;
}

/** What a `beforeCommit` hook is given beside the event. */
export interface BeforeCommitContext<Transaction> {
  /**
   * The transaction of the change, of the kind `within` takes: what is written through it is committed with the change or
   * not at all. With a SQL store, `transaction.executeQuery(query.compile())` runs a Kysely query of the host's, and
   * `muster.within(transaction)` joins further calls to it. It ends with the hook.
   */
  readonly transaction: Transaction;
}

/** The host's own code around commits. Hooks are called in the order of the events, one at a time within one call. */
export interface Hooks<Transaction = never> {
  /**
   * Runs inside the transaction of every change, as its last step. What it throws aborts the change: the call fails with
   * ChangeRefused, or with the very StoreUnavailable or ChangeRefused that was thrown. It may run again when the
   * transaction is repeated, so it writes through `transaction` and does nothing else: no mail, no HTTP, and no call of
   * Muster outside of `muster.within(transaction)`, which would wait for the transaction that waits for it. After 5
   * seconds the change is refused.
   */
  readonly beforeCommit?: (event: ChangeEvent, context: BeforeCommitContext<Transaction>) => Promise<void> | void;

  /**
   * Runs after the commit, before the call answers, and never for what was rolled back; once, unless the process ends
   * first. Its failure fails nothing: it goes to `onError`. For a call inside `muster.within(transaction)`, whose commit
   * nobody tells Muster of, it runs within about a second of the commit, in any process of the host's with such a hook;
   * `muster.transaction` runs it at once.
   */
  readonly afterCommit?: (event: ChangeEvent) => Promise<void> | void;

  /** Told of every failure of `afterCommit`; without it one line is logged, with the name of the error alone. */
  readonly onError?: (error: unknown, event: ChangeEvent) => void;
}
