import * as Effect from "effect/Effect";
import type { CallScope } from "../authorization/actor.ts";
import { type Operation, require as requireStanding } from "../authorization/policy.ts";
import {
  type ActionRequired,
  type ChangeRefused,
  type Closed,
  Forbidden,
  KeyNotFound,
  type StoreUnavailable,
  type Unauthenticated,
} from "../errors.ts";
import { type Key, keyView } from "./key-view.ts";
import type { Keyring } from "./keyring.ts";
import { keysTenant, type Rotation } from "./rotation.ts";

/** How `keys.list` may fail. */
export type ListKeysError = Unauthenticated | Forbidden | ActionRequired | StoreUnavailable | Closed;

/** How `keys.rotate` may fail. */
export type RotateKeysError = ListKeysError | ChangeRefused;

/** How `keys.revoke` may fail. */
export type RevokeKeyError = RotateKeysError | KeyNotFound;

/** The keys that sign access tokens. */
export interface KeyCare {
  readonly list: (scope: CallScope) => Effect.Effect<readonly Key[], ListKeysError>;
  readonly rotate: (scope: CallScope) => Effect.Effect<Key, RotateKeysError>;
  readonly revoke: (scope: CallScope, kid: string) => Effect.Effect<void, RevokeKeyError>;
}

/** @param forget makes this process look anew at every token it remembers. */
export const makeKeys = (keyring: Keyring, rotation: Rotation, forget: () => void): KeyCare => {
  const list = Effect.fnUntraced(function* (scope: CallScope) {
    const lives = rotation.lives(yield* scope.storage.keys.list());
    return lives.map((life) => keyView(life, keyring.byKid(life.key.id)?.publicJwk));
  });

  return {
    list: Effect.fnUntraced(function* (scope) {
      yield* requireOfInstallation(scope, "keys.list");
      yield* keyring.reload;
      return yield* list(scope);
    }),

    rotate: Effect.fn("Keys.rotate")(function* (scope) {
      yield* requireOfInstallation(scope, "keys.rotate");
      const key = yield* rotation.rotate(scope);
      yield* keyring.reload;
      const found = (yield* list(scope)).find(({ kid }) => kid === key?.id);
      return found ?? (yield* Effect.die(new Error("A key was revoked while it was made.")));
    }),

    revoke: Effect.fn("Keys.revoke")(function* (scope, kid) {
      yield* requireOfInstallation(scope, "keys.revoke");
      if (typeof kid !== "string") return yield* new KeyNotFound();
      yield* rotation.revoke(scope, kid);
      yield* keyring.reload;
      // Again, after the commit did: tokens may have been checked with the old keys meanwhile.
      forget();
    }),
  };
};

/** All tenants have the same keys: an admin of one of them may not touch what the others' tokens rest on. */
const requireOfInstallation = (scope: CallScope, operation: Operation) =>
  scope.actor.kind === "user" && scope.tenant !== keysTenant
    ? Effect.fail(new Forbidden({ operation }))
    : requireStanding(scope.actor, operation);
