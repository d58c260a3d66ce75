// One of two processes on a database: makes twenty-five calls at once when it is told to, and answers how many of them won.
// Arguments: `sqlite <file>` or `postgres <url> <schema>`, then a name that the other process does not have.
import { setTimeout as wait } from "node:timers/promises";
import type { Storage } from "@muster/core/ports";
import { aHash, aKey, aRotation, aUser, changed, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Scope from "effect/Scope";
import { namedStore } from "../named-store.ts";
import { jane, tenant, theSession, theToken } from "./scene.ts";

const args = process.argv.slice(2);
const name = args.at(-1) ?? "";

/** A call, and whether it won. Every race has exactly one winner among the callers of both processes. */
type Call = (storage: Storage, caller: string, number: number) => Effect.Effect<boolean, { readonly _tag: string }>;

const races: { readonly [race: string]: Call } = {
  "gets a username": ({ transact }, caller) =>
    Effect.as(
      transact(({ users }) => users.insert(tenant, aUser({ id: caller, username: "The Only One" }))),
      true,
    ),
  "gets an email": ({ transact }, caller) =>
    Effect.as(
      transact(({ users }) => users.insert(tenant, aUser({ id: `by email ${caller}`, email: "one@x.test" }))),
      true,
    ),
  "makes the first key of a purpose": ({ transact }, caller) =>
    transact(({ keys }) => keys.insert(aKey({ id: caller }))),
  "makes the successor of a key": ({ transact }, caller) =>
    transact(({ keys }) => keys.insert(aKey({ id: `after ${caller}`, follows: "the first" }))),
  "spends a refresh token": ({ transact }, _, number) =>
    transact(({ sessions }) =>
      sessions.rotate(tenant, aRotation(theSession.id, { successorHash: aHash(number + 10) })),
    ),
  "uses a one-time token": ({ transact }) =>
    transact(({ oneTimeTokens }) =>
      Effect.map(oneTimeTokens.consume(tenant, theToken.hash, theToken.purpose, theToken.createdAt), Option.isSome),
    ),
  "replaces a password hash": ({ transact }, caller) =>
    transact(({ credentials }) => credentials.replace(tenant, jane.id, "hash", `hash of ${caller}`, moment())),
  "changes a version": ({ transact }, caller) =>
    transact(({ users }) => users.update(tenant, jane, changed(jane, { firstName: caller }))),
  "revokes a session": ({ transact }) => transact(({ sessions }) => sessions.revoke(tenant, theSession.id, moment(1))),
};

const scope = Scope.makeUnsafe();
const storage = await Effect.runPromise(Scope.provide((await namedStore(args)).open, scope));

process.on("message", async ({ race, at }: { readonly race: string; readonly at: number }) => {
  const call = races[race];
  if (call === undefined) throw new Error(`There is no race in which one '${race}'.`);
  const callers = Array.from({ length: 25 }, (_, number) => call(storage, `${name}-${number}`, number));
  await wait(Math.max(0, at - Date.now()));
  const exits = await Effect.runPromise(Effect.all(callers.map(Effect.exit), { concurrency: "unbounded" }));
  const errors = exits.filter(Exit.isFailure).flatMap(({ cause }) => cause.reasons);
  process.send?.({
    won: exits.filter((exit) => Exit.isSuccess(exit) && exit.value).length,
    errors: [...new Set(errors.map((reason) => (reason._tag === "Fail" ? reason.error._tag : String(reason))))],
  });
});
process.once("disconnect", () => process.exit());
process.send?.("ready");
