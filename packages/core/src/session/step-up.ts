import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { passwordText } from "../authentication/password-input.ts";
import { checkStored } from "../authentication/stored-password.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { require as requireStanding } from "../authorization/policy.ts";
import { InvalidCredentials, SessionNotFound, Unauthenticated } from "../errors.ts";
import { decoder, invalid } from "../kernel/input.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { CodeCheck } from "../second-factor/code-check.ts";
import { isConfirmed } from "../second-factor/second-factor.ts";
import type { Proof } from "../second-factor/second-factor-operations.ts";
import type { AccessToken } from "./session.ts";
import type { StepUpError } from "./session-errors.ts";
import type { TokenIssuer } from "./token-issuer.ts";

export interface StepUpPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly hasher: PasswordHasher;
  readonly codes: CodeCheck;
  readonly issuer: TokenIssuer;
}

export type StepUp = (scope: CallScope, proof: Proof) => Effect.Effect<AccessToken, StepUpError>;

const decodeProof = decoder(
  Schema.Struct({ password: Schema.optionalKey(passwordText), code: Schema.optionalKey(Schema.String) }),
);

/** The methods of a session in the order of RFC 8176's table, `mfa` when they are of two kinds. */
const withProof = (before: readonly string[], given: readonly string[]): readonly string[] => {
  const all = new Set([...before, ...given]);
  if (all.has("pwd") && all.has("otp")) all.add("mfa");
  return [...all];
};

/** Makes the one function by which somebody logged in proves anew who they are. */
export const makeStepUp = (ports: StepUpPorts): StepUp => {
  const { clock, hasher, codes } = ports;

  const checkPassword = Effect.fnUntraced(function* (scope: CallScope, userId: string, password: string) {
    const stored = yield* scope.storage.credentials.find(scope.tenant, userId);
    const isRight =
      Option.isSome(stored) &&
      (yield* checkStored(hasher, Redacted.make(password), stored.value, { tenant: scope.tenant, userId }));
    if (!isRight) return yield* new InvalidCredentials();
  });

  return Effect.fn("Sessions.stepUp")(function* (scope, input) {
    yield* requireStanding(scope.actor, "sessions.step_up");
    if (scope.actor.kind !== "user") return yield* new Unauthenticated();
    const { userId, sessionId } = scope.actor.principal;
    const { password, code } = yield* decodeProof(input);
    const factors = yield* scope.storage.secondFactors.list(scope.tenant, userId);
    const needed = factors.some(isConfirmed) ? { code } : { password };
    for (const [field, value] of Object.entries(needed)) {
      if (value === undefined) return yield* invalid(field, "required", "is required");
    }
    if (password !== undefined) yield* checkPassword(scope, userId, password);
    const use = code === undefined ? undefined : yield* codes.ofUser(scope, userId, code);
    const at = new Date(clock.now());
    const given = [...(password === undefined ? [] : ["pwd"]), ...(use === undefined ? [] : ["otp"])];
    const { expiresAt, methods } = yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const session = Option.getOrUndefined(yield* stores.sessions.find(scope.tenant, sessionId));
        if (session === undefined) return yield* new SessionNotFound();
        if (use !== undefined) yield* use(stores, at);
        const proven = withProof(session.methods, given);
        if (!(yield* stores.sessions.reauthenticate(scope.tenant, sessionId, at, proven))) {
          return yield* new SessionNotFound();
        }
        yield* stores.audit.append(scope.tenant, {
          id: ports.ids.next(),
          at,
          type: "session.stepped_up",
          actor: auditActor(scope.actor),
          userId,
          sessionId,
          changes: [],
        });
        return { expiresAt: session.expiresAt, methods: proven };
      }),
    );
    const issue = { sessionId, userId, at, expiresAt, authenticatedAt: at, methods, refreshToken: "" };
    const { refreshToken: _, ...access } = yield* ports.issuer.issue(scope, issue);
    return access;
  });
};
