import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { createMuster } from "../../src/create-muster.ts";
import { quickHasher } from "./hashers.ts";

/** What the process that runs this file can be told to do. */
export type Order =
  | { readonly refresh: string; readonly callers: number }
  | { readonly authenticate: string }
  | { readonly disable: string }
  | { readonly revoke: string }
  | { readonly login: string; readonly password: string };

const muster = await createMuster({
  store: sqliteStore(process.argv[2] ?? ""),
  issuer: "https://users.example",
  ports: { passwordHasher: quickHasher() },
});

const tagOf = (error: unknown): string =>
  error instanceof Error && "_tag" in error ? String(error._tag) : String(error);

const obey = (order: Order): Promise<unknown> => {
  if ("refresh" in order) {
    const calls = Array.from({ length: order.callers }, () => muster.sessions.refresh(order.refresh).catch(tagOf));
    return Promise.all(calls);
  }
  if ("authenticate" in order) return muster.sessions.authenticate(order.authenticate);
  if ("disable" in order) return muster.users.disable(order.disable);
  if ("revoke" in order) return muster.sessions.revoke(order.revoke);
  return muster.sessions.login(order);
};

process.on("message", async ({ number, wanted }: { number: number; wanted: Order }) => {
  process.send?.({ number, answer: await obey(wanted).catch(tagOf) });
});
process.send?.({ number: 0, answer: "ready" });
