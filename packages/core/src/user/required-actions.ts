import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { actorId, type CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import { Forbidden, Unauthenticated } from "../errors.ts";
import { decoder, invalid } from "../kernel/input.ts";
import { type ChangePorts, changeUser } from "./change-user.ts";
import type { IfVersion, UserView } from "./user.ts";
import type { ChangeUserError } from "./user-errors.ts";
import { decodeRequiredActions } from "./user-input.ts";
import { viewOf } from "./user-view.ts";

export interface RequiredActionsPorts extends ChangePorts {
  /** What a user clears by agreeing to it. */
  readonly acceptableActions: readonly string[];
}

/** What users have to do before anything else. */
export interface RequiredActions {
  readonly setRequiredActions: (
    scope: CallScope,
    id: string,
    actions: readonly string[],
    ifVersion?: IfVersion,
  ) => Effect.Effect<UserView, ChangeUserError>;
  readonly acceptAction: (scope: CallScope, action: string) => Effect.Effect<UserView, ChangeUserError>;
}

const decodeAction = decoder(Schema.String as Schema.Codec<string, unknown>);

export const makeRequiredActions = (ports: RequiredActionsPorts): RequiredActions => ({
  setRequiredActions: Effect.fn("Users.setRequiredActions")(function* (scope, id, input, ifVersion = {}) {
    const actions = [...new Set(yield* decodeRequiredActions(input, "requiredActions"))];
    const user = yield* changeUser(ports, scope, id, ifVersion, {
      operation: "users.set_required_actions",
      event: "user.required_actions_set",
      apply: (before) =>
        actions.includes("VERIFY_EMAIL") && before.emailVerifiedAt !== null
          ? Effect.fail(
              invalid("requiredActions", "email_verified", "cannot ask for proof of an address that is proven"),
            )
          : Effect.succeed({ requiredActions: actions }),
    });
    return viewOf(scope.actor, user);
  }),

  acceptAction: Effect.fn("Users.acceptAction")(function* (scope, input) {
    const id = actorId(scope.actor);
    if (id === null) {
      yield* requireStanding(scope.actor, "users.accept_action");
      return yield* new Unauthenticated();
    }
    const action = yield* decodeAction(input, "action");
    // What is cleared by doing it is not cleared by saying so.
    if (!ports.acceptableActions.includes(action)) return yield* new Forbidden({ operation: "users.accept_action" });
    const user = yield* changeUser(
      ports,
      scope,
      id,
      {},
      {
        operation: "users.accept_action",
        event: "user.action_accepted",
        apply: (before) =>
          Effect.succeed({ requiredActions: before.requiredActions.filter((required) => required !== action) }),
      },
    );
    return viewOf(scope.actor, user);
  }),
});
