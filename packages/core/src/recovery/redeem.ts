import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import type { CallScope } from "../authorization/actor.ts";
import {
  type ActionRequired,
  type ChangeRefused,
  type EmailTaken,
  type Forbidden,
  type InvalidInput,
  InvalidOneTimeToken,
  type StoreUnavailable,
  type Unauthenticated,
  type UsernameTaken,
} from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import type { MailedPurpose, StoredOneTimeToken } from "../ports/one-time-token-store.ts";
import type { Stores } from "../ports/storage.ts";
import { type ChangePorts, existing, type UserChange, writeChange } from "../user/change-user.ts";
import type { User } from "../user/user.ts";
import { isSameState, stateFor } from "./account-state.ts";
import type { OneTimeTokens } from "./one-time-token.ts";

export interface RedeemPorts extends ChangePorts {
  readonly tokens: OneTimeTokens;
}

/** A token that may be good, and whose it is. Only using it up tells whether it is. */
export interface PresentedToken {
  readonly token: StoredOneTimeToken;
  readonly purpose: MailedPurpose;
  readonly owner: User;
}

/** How using a token up may fail. */
export type RedeemError =
  | InvalidOneTimeToken
  | Unauthenticated
  | Forbidden
  | ActionRequired
  | InvalidInput
  | ChangeRefused
  | EmailTaken
  | UsernameTaken
  | StoreUnavailable;

/** What using a token up does to its owner. */
export type Redemption = Pick<UserChange<RedeemError>, "operation" | "event" | "access" | "endsSessions" | "apply">;

const decodeToken = decoder(Schema.String as Schema.Codec<string, unknown>);

/** Looks a token up, so that what takes time can be done before it is used up. Fails for a text of another purpose. */
export const present: (
  ports: RedeemPorts,
  scope: CallScope,
  input: unknown,
  purposes: readonly MailedPurpose[],
) => Effect.Effect<PresentedToken, InvalidInput | InvalidOneTimeToken | StoreUnavailable> = Effect.fnUntraced(
  function* (ports, scope, input, purposes) {
    const text = yield* decodeToken(input, "token");
    const found = ports.tokens.purposeOf(text);
    const purpose = purposes.find((each) => each === found);
    if (purpose === undefined) return yield* new InvalidOneTimeToken();
    const token = Option.getOrUndefined(yield* scope.storage.oneTimeTokens.find(scope.tenant, ports.tokens.hash(text)));
    if (token === undefined || token.expiresAt.getTime() <= ports.clock.now()) return yield* new InvalidOneTimeToken();
    const owner = yield* existing(scope.storage, scope.tenant, token.userId).pipe(
      Effect.catchTag("UserNotFound", () => Effect.fail(new InvalidOneTimeToken())),
    );
    return { token, purpose, owner };
  },
);

/**
 * Uses a token up and changes its owner, both or neither. Of many callers with one token exactly one gets through; a
 * token is refused when what it rests on has changed, or when its owner may not log in.
 */
export const redeem = (
  ports: RedeemPorts,
  scope: CallScope,
  { token, purpose }: PresentedToken,
  { apply, ...redemption }: Redemption,
): Effect.Effect<User, RedeemError> => {
  const { hash, userId } = token;
  const at = new Date(ports.clock.now());
  const use = Effect.fnUntraced(function* (stores: Stores) {
    const taken = yield* stores.oneTimeTokens.consume(scope.tenant, hash, purpose, at);
    if (Option.isNone(taken)) return yield* new InvalidOneTimeToken();
    return yield* writeChange(ports, scope, stores, userId, undefined, at, {
      ...redemption,
      always: true,
      apply: Effect.fnUntraced(function* (before, inside, now) {
        const isWelcome = before.status === "enabled" || before.status === "pending";
        const state = yield* stateFor(inside, scope.tenant, before, purpose);
        if (!isWelcome || !isSameState(state, taken.value.boundTo)) return yield* new InvalidOneTimeToken();
        return yield* apply(before, inside, now);
      }),
    });
  });
  return scope.storage.transact(use).pipe(
    // Its owner is gone, or somebody else is changing the owner at this very moment.
    Effect.catchTags({
      UserNotFound: () => Effect.fail(new InvalidOneTimeToken()),
      VersionMismatch: () => Effect.fail(new InvalidOneTimeToken()),
      Closed: Effect.die,
    }),
  );
};
