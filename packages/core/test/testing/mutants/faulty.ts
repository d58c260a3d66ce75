import * as Effect from "effect/Effect";
import { memoryStore } from "../../../src/builtin/memory-storage.ts";
import type { Storage, StoreModule, Stores } from "../../../src/ports/storage.ts";
import type { User } from "../../../src/user/user.ts";

/** A fault, and a case of the contract that it breaks. */
export interface Mutant {
  readonly fault: string;
  readonly module: () => StoreModule;
  readonly broken: string;
}

/** The in-memory store with one fault, inside transactions and outside. */
export const withFault = (fault: (stores: Stores) => Stores): StoreModule => {
  const { name, open } = memoryStore();
  const faulty = (storage: Storage): Storage => ({
    ...storage,
    ...fault(storage),
    transact: (body) => storage.transact((stores) => body(fault(stores))),
  });
  return { name, open: Effect.map(open, faulty) };
};

/** A fault in one of the stores, made from all of them. */
export const withFaultIn = <Name extends keyof Stores>(
  name: Name,
  fault: (stores: Stores) => Partial<Stores[Name]>,
): StoreModule => withFault((stores) => ({ ...stores, [name]: { ...stores[name], ...fault(stores) } }));

export const withUsers = (fault: (users: Stores["users"]) => Partial<Stores["users"]>): StoreModule =>
  withFaultIn("users", ({ users }) => fault(users));

export const withSessions = (fault: (stores: Stores) => Partial<Stores["sessions"]>): StoreModule =>
  withFaultIn("sessions", fault);

/** Every call is committed by itself. */
export const withoutTransactions = (module: StoreModule): StoreModule => ({
  ...module,
  open: Effect.map(module.open, (storage): Storage => ({ ...storage, transact: (body) => body(storage) })),
});

/** The same user under names that nobody else has. */
export const renamed = (user: User): User => ({ ...user, username: `no longer ${user.id}`, email: null });
