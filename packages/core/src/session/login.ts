import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Schema from "effect/Schema";
import type { CallScope } from "../authorization/actor.ts";
import { InvalidCredentials } from "../errors.ts";
import { decoder, rule } from "../kernel/input.ts";
import { canonicalUsername, isStorable } from "../kernel/text.ts";
import type { LoginCredentials } from "../muster.ts";
import type { LoginCandidate } from "../ports/credential-store.ts";
import type { Clock, IdGenerator } from "../ports/environment.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import type { StoredSession } from "../ports/session-store.ts";
import type { RefreshTokens } from "./refresh-token.ts";
import type { SessionClient, SessionTokens } from "./session.ts";
import type { LoginError } from "./session-errors.ts";
import type { SessionLifetimes, TokenIssuer } from "./token-issuer.ts";

export interface LoginPorts {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly hasher: PasswordHasher;
  readonly refreshTokens: RefreshTokens;
  readonly issuer: TokenIssuer;
  readonly lifetimes: SessionLifetimes;
}

/** No password is longer: more is refused before any work, for known and unknown logins alike. */
const longestPassword = 4_096;

const decodeCredentials = decoder(
  Schema.Struct({
    login: Schema.String,
    password: Schema.String.check(
      rule(
        "max_length",
        `must have at most ${longestPassword} characters`,
        (value: string) => value.length <= longestPassword,
      ),
    ),
    client: Schema.optionalKey(
      Schema.Struct({ address: Schema.optionalKey(Schema.String), userAgent: Schema.optionalKey(Schema.String) }),
    ),
  }) as unknown as Schema.Codec<LoginCredentials, unknown>,
);

export type Login = (scope: CallScope, credentials: LoginCredentials) => Effect.Effect<SessionTokens, LoginError>;

/**
 * Makes the one function that opens a session from a password.
 *
 * Every attempt costs one lookup and one hash, whoever is named; only then is it said whether that was enough.
 */
export const makeLogin = (ports: LoginPorts): Login => {
  const { hasher } = ports;

  const matches = (candidate: LoginCandidate | undefined, password: Redacted.Redacted) =>
    candidate?.passwordHash == null
      ? Effect.as(hasher.verifyNothing(password), false)
      : Effect.map(hasher.verify(password, candidate.passwordHash), (right) => right && candidate.status === "enabled");

  /** The hash to store instead, when the parameters have changed since; a busy hasher leaves it for another time. */
  const renewed = (hash: string, password: Redacted.Redacted) =>
    hasher.isOutdated(hash) ? Effect.option(hasher.hash(password)) : Effect.succeed(Option.none<string>());

  return Effect.fn("Sessions.login")(function* (scope, input) {
    const credentials = yield* decodeCredentials(input);
    const password = Redacted.make(credentials.password);
    const candidate = yield* candidateOf(scope, credentials.login);
    if (!(yield* matches(candidate, password)) || candidate?.passwordHash == null) {
      return yield* new InvalidCredentials();
    }
    const { userId, passwordHash } = candidate;
    const renewedHash = yield* renewed(passwordHash, password);
    const at = new Date(ports.clock.now());
    const session: StoredSession = {
      id: ports.ids.next(),
      userId,
      createdAt: at,
      refreshedAt: null,
      expiresAt: ports.lifetimes.expiresAt(at, at),
      revokedAt: null,
      client: shortened(credentials.client ?? {}),
      refreshHash: new Uint8Array(),
      previousHash: null,
      successorBox: null,
    };
    const refreshToken = ports.refreshTokens.issue(session.id, scope.tenant);
    const refreshHash = ports.refreshTokens.hash(refreshToken);
    yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        if (!(yield* stores.sessions.insert(scope.tenant, { ...session, refreshHash }, passwordHash))) {
          return yield* new InvalidCredentials();
        }
        yield* stores.users.recordLogin(scope.tenant, userId, at);
        if (Option.isSome(renewedHash)) {
          yield* stores.credentials.replace(scope.tenant, userId, passwordHash, renewedHash.value, at);
        }
        yield* stores.audit.append(scope.tenant, {
          id: ports.ids.next(),
          at,
          type: "session.started",
          actor: { kind: "user", id: userId, sessionId: session.id },
          userId,
          sessionId: session.id,
          changes: [],
        });
      }),
    );
    return yield* ports.issuer.issue(scope.tenant, { sessionId: session.id, userId, at, refreshToken });
  });
};

const candidateOf = (scope: CallScope, login: string) => {
  const typed = login.trim();
  if (typed === "" || typed.length > 1_024 || !isStorable(typed)) return Effect.succeed(undefined);
  return Effect.map(
    scope.storage.credentials.findCandidate(scope.tenant, canonicalUsername(typed)),
    Option.getOrUndefined,
  );
};

const shortened = ({ address, userAgent }: SessionClient): SessionClient => ({
  ...(address !== undefined && { address: printable(address).slice(0, 45) }),
  ...(userAgent !== undefined && { userAgent: printable(userAgent).slice(0, 512) }),
});

/** Headers come from anybody: control characters would forge lines wherever sessions are shown as text. */
const printable = (text: string): string => text.toWellFormed().replace(/\p{Cc}/gu, " ");
