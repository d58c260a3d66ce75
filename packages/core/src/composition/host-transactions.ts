import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import type { Commits } from "../hooks/commits.ts";
import type { Unit } from "../hooks/unit.ts";
import type { HostTransaction } from "../muster.ts";
import type { Door } from "./door.ts";

/** Scopes of calls inside the host's own transactions. Their type is known where the instance is made, and not in here. */
export interface HostTransactions {
  readonly joining: (scope: CallScope, transaction: unknown) => CallScope;
  /** Runs the host's transaction, and what hangs on its commit after it. Rejects with what the host's code rejects with. */
  readonly run: <Transaction, Result>(
    scope: CallScope,
    begin: HostTransaction<Transaction>,
    body: (transaction: Transaction, scope: CallScope) => Promise<Result>,
  ) => Promise<Result>;
}

export const makeHostTransactions = (commits: Commits, door: Door): HostTransactions => {
  const joining: HostTransactions["joining"] = (scope, transaction) => ({
    ...scope,
    storage: commits.within(transaction as object, scope.unit),
  });

  return {
    joining,
    run: (scope, begin, body) => {
      /** Of the last time the body ran: a host may repeat it. */
      let unit: Unit | undefined;
      const whole = async () => {
        const result = await begin.execute(async (transaction) => {
          const begun = commits.begin(transaction as object);
          unit = begun;
          const answer = await body(transaction, joining({ ...scope, unit: begun }, transaction));
          await Effect.runPromise(commits.settle(transaction as object, begun));
          return answer;
        });
        if (unit !== undefined) await Effect.runPromise(commits.committed(unit));
        return result;
      };
      return Effect.runPromise(door.through(Effect.tryPromise({ try: whole, catch: (error) => error })));
    },
  };
};
