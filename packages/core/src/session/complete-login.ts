import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { CallScope } from "../authorization/actor.ts";
import { InvalidChallenge } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import type { CodeCheck } from "../second-factor/code-check.ts";
import type { LoginChallenges } from "../second-factor/login-challenge.ts";
import type { LoginCompletion } from "../second-factor/second-factor-operations.ts";
import { clientSchema } from "./login.ts";
import { type OpenSessionPorts, prepareSession } from "./open-session.ts";
import type { SessionTokens } from "./session.ts";
import type { CompleteLoginError } from "./session-errors.ts";

export interface CompleteLoginPorts extends OpenSessionPorts {
  readonly challenges: LoginChallenges;
  readonly codes: CodeCheck;
}

export type CompleteLogin = (
  scope: CallScope,
  completion: LoginCompletion,
) => Effect.Effect<SessionTokens, CompleteLoginError>;

const decodeCompletion = decoder(
  Schema.Struct({ challenge: Schema.String, code: Schema.String, client: clientSchema }),
);

/** By a password and a code, however the code came about (RFC 8176 §2: `otp` is any one-time password). */
const methods = ["pwd", "otp", "mfa"];

/**
 * Makes the second half of a login. The challenge and the code are used up, and the session opened, in one transaction;
 * a wrong code leaves the challenge good.
 */
export const makeCompleteLogin = (ports: CompleteLoginPorts): CompleteLogin =>
  Effect.fn("Sessions.completeLogin")(function* (scope, input) {
    const { challenge: text, code, client = {} } = yield* decodeCompletion(input);
    const challenge = yield* ports.challenges.find(scope, text);
    const { userId } = challenge;
    const use = yield* ports.codes.ofUser(scope, userId, code);
    const session = yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const at = new Date(ports.clock.now());
        const passwordHash = yield* ports.challenges.use(stores, scope.tenant, challenge, at);
        yield* use(stores, at);
        const prepared = prepareSession(ports, scope, { userId, passwordHash, methods, client });
        return (yield* prepared.open(stores)) ? prepared : yield* new InvalidChallenge();
      }),
    );
    return yield* session.tokens;
  });
