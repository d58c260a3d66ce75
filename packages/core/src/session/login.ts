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

/**
 * How often a right password is checked when the stored hash is another one by then: a login next to this one may have
 * hashed the same password anew.
 */
const attempts = 3;

const decodeCredentials = decoder(
  Schema.Struct({
    login: Schema.String,
    password: passwordText,
    client: Schema.optionalKey(
      Schema.Struct({ address: Schema.optionalKey(Schema.String), userAgent: Schema.optionalKey(Schema.String) }),
    ),
  }),
);

export type Login = (scope: CallScope, credentials: LoginCredentials) => Effect.Effect<SessionTokens, LoginError>;

/**
 * Makes the one function that opens a session from a password.
 *
 * Every attempt costs one lookup and one hash, whoever is named; only then is it said whether that was enough. A session
 * is opened by a statement that looks at status and hash once more, since either may have changed during the hashing.
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
    userId: string,
    passwordHash: string,
    renewedHash: Option.Option<string>,
    client: SessionClient,
  ) {
    const at = new Date(ports.clock.now());
    const id = ports.ids.next();
    const refreshToken = ports.refreshTokens.issue(id, scope.tenant);
    const session: StoredSession = {
      id,
      userId,
      createdAt: at,
      refreshedAt: null,
      expiresAt: ports.lifetimes.expiresAt(at, at),
      revokedAt: null,
      client,
      authenticatedAt: at,
      methods: ["pwd"],
      refreshHash: ports.refreshTokens.hash(refreshToken),
      previousHash: null,
      successorBox: null,
    };
    const isOpen = yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        if (!(yield* stores.sessions.insert(scope.tenant, session, passwordHash))) return false;
        yield* stores.users.recordLogin(scope.tenant, userId, at);
        if (Option.isSome(renewedHash)) {
          yield* stores.credentials.replace(scope.tenant, userId, passwordHash, renewedHash.value, at);
        }
        yield* stores.audit.append(scope.tenant, {
          id: ports.ids.next(),
          at,
          type: "session.started",
          actor: { kind: "user", id: userId, sessionId: id },
          userId,
          sessionId: id,
          changes: [],
        });
        return true;
      }),
    );
    if (!isOpen) return undefined;
    const { expiresAt, authenticatedAt, methods } = session;
    const proof = { authenticatedAt, methods };
    return yield* ports.issuer.issue(scope.tenant, { sessionId: id, userId, at, expiresAt, ...proof, refreshToken });
  });

  return Effect.fn("Sessions.login")(function* (scope, input) {
    const credentials = yield* decodeCredentials(input);
    const password = Redacted.make(credentials.password);
    const client = shortened(credentials.client ?? {});
    for (let attempt = 0; attempt < attempts; attempt++) {
      const candidate = yield* candidateOf(scope, credentials.login);
      if (!(yield* matches(scope, candidate, password)) || candidate?.passwordHash == null) break;
      const { userId, passwordHash } = candidate;
      const renewedHash = yield* renewed(passwordHash, password);
      const tokens = yield* opened(scope, userId, passwordHash, renewedHash, client);
      if (tokens !== undefined) return tokens;
    }
    return yield* new InvalidCredentials();
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
  ...(address !== undefined && { address: printable(address, 45) }),
  ...(userAgent !== undefined && { userAgent: printable(userAgent, 512) }),
});

/** Headers come from anybody: control characters would forge lines wherever sessions are shown as text. */
const printable = (text: string, length: number): string =>
  text
    .slice(0, length)
    .toWellFormed()
    .replace(/\p{Cc}/gu, " ");
