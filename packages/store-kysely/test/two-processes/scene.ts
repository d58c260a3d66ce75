import type { Storage } from "@muster/core/ports";
import { aOneTimeToken, aSession, aUser, moment } from "@muster/core/testing";
import * as Effect from "effect/Effect";

/** Everything that two processes race for. Both make it anew, so it is the same whenever it is made. */
export const tenant = "acme";
export const jane = aUser({ id: "jane" });
export const theSession = aSession(jane.id, { id: "the session" });
export const theToken = aOneTimeToken(jane.id, { hash: new Uint8Array(32).fill(7) });

export const setTheScene = (storage: Storage): Effect.Effect<void, unknown> =>
  storage.transact(({ users, credentials, sessions, oneTimeTokens }) =>
    Effect.gen(function* () {
      yield* users.insert(tenant, jane);
      yield* credentials.put(tenant, jane.id, "hash", moment());
      yield* sessions.insert(tenant, theSession, "hash");
      yield* oneTimeTokens.insert(tenant, theToken);
    }),
  );
