import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Scope from "effect/Scope";
import type { CallScope } from "./authorization/actor.ts";
import { compose } from "./composition/compose.ts";
import { makeDoor } from "./composition/door.ts";
import { makeFacade, run } from "./composition/facade.ts";
import type { Muster } from "./muster.ts";
import type { MusterOptions } from "./options.ts";

/**
 * Opens a store and answers an instance that acts as the system.
 *
 * Several instances may live in one process, and several processes on one database. Fails with InvalidConfiguration (an
 * option makes no sense), UnsupportedSchema (the database is newer than this version, or was altered) and
 * StoreUnavailable; nothing stays open then.
 *
 * ```ts
 * const muster = await createMuster({ store: memoryStore(), issuer: "https://app.example" });
 * const jane = await muster.users.create({ username: "jane", password: "correct horse battery" });
 * const session = await muster.sessions.login({ login: "jane", password: "correct horse battery" });
 * const principal = await muster.sessions.authenticate(session.accessToken);
 * await muster.as(principal).users.update(jane.id, { displayName: "Jane" });
 * await muster.close();
 * ```
 */
export const createMuster = async <Transaction = never>(
  options: MusterOptions<Transaction>,
): Promise<Muster<Transaction>> => {
  const resources = Scope.makeUnsafe();
  const opened = await Effect.runPromiseExit(Scope.provide(compose(options as MusterOptions<never>), resources));
  if (Exit.isFailure(opened)) {
    await Effect.runPromise(Scope.close(resources, opened));
    return Effect.runPromise(Effect.failCause(opened.cause));
  }
  const { useCases, commits, storage, signer } = opened.value;

  const door = makeDoor();
  const close = async (): Promise<void> => {
    await door.shut();
    await Effect.runPromise(Scope.close(resources, Exit.void));
  };
  let closing: Promise<void> | undefined;

  const facade = makeFacade(useCases, commits, door);
  const system: CallScope = { actor: { kind: "system" }, tenant: "default", storage: commits.storage };
  // `assign` keeps the getters of its target: groups of operations are bound on first use.
  const instance = Object.assign(facade.operations(system), {
    effect: facade.effectOperations(system),
    publicKeys: () => run(door, signer.publicKeys()),
    checkHealth: () => run(door, storage.check()),
    close: () => {
      closing ??= close();
      return closing;
    },
  });
  // The system sees every field, which the use cases' types cannot say; and what `within` takes, the store knows.
  return instance as Muster<Transaction>;
};
