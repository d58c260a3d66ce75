// An instance of Muster that does what its parent says, over IPC: one process of several on a database.
import { createMuster } from "@muster/core";
import { quickHasher } from "../../../core/test/doubles/hashers.ts";
import { postgresStore } from "../../src/index.ts";

export type Order =
  | { readonly create: string }
  | { readonly login: string }
  | { readonly authenticate: string }
  | { readonly disable: string }
  /** Checks a token over and over until it is refused; answers when that was. */
  | { readonly watch: string };

const [connectionString = "", schema = ""] = process.argv.slice(2);
const muster = await createMuster({
  store: postgresStore({ connectionString, schema }),
  issuer: "https://users.example",
  ports: { passwordHasher: quickHasher() },
});
const password = "a passphrase for tests";

const obey = async (order: Order): Promise<unknown> => {
  if ("create" in order) return (await muster.users.create({ username: order.create, password })).id;
  if ("login" in order) return (await muster.sessions.login({ login: order.login, password })).accessToken;
  if ("authenticate" in order) return (await muster.sessions.authenticate(order.authenticate)).userId;
  if ("disable" in order) {
    await muster.users.disable(order.disable);
    return Date.now();
  }
  for (;;) {
    const answer = await muster.sessions
      .authenticate(order.watch)
      .catch((error: { readonly _tag: string }) => error._tag);
    if (answer === "InvalidToken") return Date.now();
    if (typeof answer === "string") return answer;
    await new Promise((go) => setTimeout(go, 1));
  }
};

process.on("message", async ({ number, order }: { number: number; order: Order }) => {
  process.send?.({ number, answer: await obey(order).catch(String) });
});
process.send?.({ number: 0, answer: "ready" });
