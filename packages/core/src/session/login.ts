import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import { passwordText } from "../authentication/password-input.ts";
import { checkStored } from "../authentication/stored-password.ts";
import type { CallScope } from "../authorization/actor.ts";
import { InvalidCredentials } from "../errors.ts";
import { decoder } from "../kernel/input.ts";
import { canonicalUsername, isStorable } from "../kernel/text.ts";
import type { LoginCandidate } from "../ports/credential-store.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { LoginChallenges } from "../second-factor/login-challenge.ts";
import type { Attempt, Throttle } from "../throttling/throttle.ts";
import { type OpenSessionPorts, prepareSession } from "./open-session.ts";
import type { SessionClient, SessionTokens } from "./session.ts";
import type { LoginError } from "./session-errors.ts";
import type { LoginCredentials } from "./session-operations.ts";

export interface LoginPorts extends OpenSessionPorts {
  readonly hasher: PasswordHasher;
  readonly throttle: Throttle;
  readonly challenges: LoginChallenges;
}

/**
 * How often a right password is checked when the stored hash is another one by then: a login next to this one may have
 * hashed the same password anew.
 */
const checks = 3;

export const clientSchema: Schema.optionalKey<Schema.Codec<SessionClient, unknown>> = Schema.optionalKey(
  Schema.Struct({ address: Schema.optionalKey(Schema.String), userAgent: Schema.optionalKey(Schema.String) }),
);

const decodeCredentials = decoder(
  Schema.Struct({
    login: Schema.String,
    password: passwordText,
    client: clientSchema,
  }),
);

export type Login = (scope: CallScope, credentials: LoginCredentials) => Effect.Effect<SessionTokens, LoginError>;

/**
 * Makes the one function that opens a session from a password.
 *
 * Every attempt costs one lookup and one hash, whoever is named; only then is it said whether that was enough. A session
 * is opened by a statement that looks at status and hash once more, since either may have changed during the hashing; so
 * may have what the throttle allows. During a wait nothing is looked up and nothing hashed, whoever is named.
 */
export const makeLogin = (ports: LoginPorts): Login => {
  const { hasher } = ports;

  const matches = (scope: CallScope, candidate: LoginCandidate | undefined, password: Redacted.Redacted) => {
    if (candidate?.passwordHash == null) return Effect.as(hasher.verifyNothing(password), false);
    const right = checkStored(hasher, password, candidate.passwordHash, { tenant: scope.tenant, ...candidate });
    return Effect.map(right, (isRight) => isRight && candidate.status === "enabled");
  };

  /** The hash to store instead, when the parameters have changed since; a busy hasher leaves it for another time. */
  const renewed = (hash: string, password: Redacted.Redacted) =>
    hasher.isOutdated(hash) ? Effect.option(hasher.hash(password)) : Effect.succeed(Option.none<string>());

  /** Opens the session, or answers undefined when the password or the status is not what was checked any more. */
  const opened = Effect.fnUntraced(function* (
    scope: CallScope,
    { userId, passwordHash }: { readonly userId: string; readonly passwordHash: string },
    renewedHash: Option.Option<string>,
    client: SessionClient,
    attempt: Attempt,
  ) {
    const session = prepareSession(ports, scope, { userId, passwordHash, methods: ["pwd"], client });
    const current = { userId, passwordHash: Option.getOrElse(renewedHash, () => passwordHash) };
    const outcome = yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const asked = yield* ports.challenges.ask(stores, scope.tenant, current);
        if (asked === undefined && !(yield* session.open(stores))) return "changed";
        yield* attempt.succeeded(stores);
        if (Option.isSome(renewedHash)) {
          yield* stores.credentials.replace(scope.tenant, userId, passwordHash, renewedHash.value, session.at);
        }
        return asked ?? "open";
      }),
    );
    if (outcome === "changed") return undefined;
    // After the commit, which keeps the challenge.
    return outcome === "open" ? yield* session.tokens : yield* outcome;
  });

  return Effect.fn("Sessions.login")(function* (scope, input) {
    const credentials = yield* decodeCredentials(input);
    const password = Redacted.make(credentials.password);
    const { client = {} } = credentials;
    const name = nameOf(credentials.login);
    const { address } = client;
    const attempt = yield* ports.throttle.begin(scope, { login: name ?? "", address });
    let candidate: LoginCandidate | undefined;
    for (let check = 0; check < checks; check++) {
      candidate = yield* candidateOf(scope, name);
      if (!(yield* matches(scope, candidate, password)) || candidate?.passwordHash == null) break;
      const { userId, passwordHash } = candidate;
      const renewedHash = yield* renewed(passwordHash, password);
      const tokens = yield* opened(scope, { userId, passwordHash }, renewedHash, client, attempt);
      if (tokens !== undefined) return tokens;
    }
    yield* attempt.failed(candidate?.userId);
    return yield* new InvalidCredentials();
  });
};

/** Canonical form of a login; undefined for what nobody can have as one. */
const nameOf = (login: string): string | undefined => {
  const typed = login.trim();
  return typed === "" || typed.length > 1_024 || !isStorable(typed) ? undefined : canonicalUsername(typed);
};

const candidateOf = (scope: CallScope, name: string | undefined) =>
  name === undefined
    ? Effect.succeed(undefined)
    : Effect.map(scope.storage.credentials.findCandidate(scope.tenant, name), Option.getOrUndefined);
