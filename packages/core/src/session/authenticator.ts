import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { InvalidToken, type StoreUnavailable } from "../errors.ts";
import type { Clock } from "../ports/environment.ts";
import type { Storage } from "../ports/storage.ts";
import type { TokenSigner } from "../ports/token-signer.ts";
import { makeAccessWatch } from "./access-watch.ts";
import { RememberedTokens } from "./remembered-tokens.ts";
import type { Principal } from "./session.ts";

export interface AuthenticatorPorts {
  readonly storage: Pick<Storage, "sessions" | "accessChanges" | "onAccessChange">;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  /** Reads the keys of access tokens again. */
  readonly keysChanged?: Effect.Effect<void, StoreUnavailable>;
}

/** Tells who an access token speaks for. */
export interface Authenticator {
  /** Whom a token seen before speaks for, without a promise or a statement; undefined when it must be looked at. */
  readonly recall: (tenant: string, token: string) => Principal | undefined;
  /** Whom a token speaks for: its signature and claims are checked, then the session and the user as stored. */
  readonly authenticate: (tenant: string, token: string) => Effect.Effect<Principal, InvalidToken | StoreUnavailable>;
  /** To be called after every change of a user's status, role or sessions. */
  readonly forget: (tenant: string, userId: string) => void;
  readonly stop: () => void;
}

export const makeAuthenticator = ({ storage, signer, clock, keysChanged }: AuthenticatorPorts): Authenticator => {
  const remembered = new RememberedTokens();
  const watch = makeAccessWatch(storage.accessChanges, remembered, clock, storage.onAccessChange, keysChanged);

  const recall: Authenticator["recall"] = (tenant, token) => {
    if (!watch.isFresh()) return undefined;
    const principal = remembered.recall(token);
    if (principal === undefined || principal.tenant !== tenant) return undefined;
    if (principal.expiresAt.getTime() > clock.now()) return principal;
    remembered.drop(token);
    return undefined;
  };

  const authenticate: Authenticator["authenticate"] = Effect.fnUntraced(function* (tenant, token) {
    if (!watch.isFresh()) {
      yield* watch.catchUp;
      const known = recall(tenant, token);
      if (known !== undefined) return known;
    }
    const now = clock.now();
    // Before the signature is looked at: its key may be revoked meanwhile.
    const mark = remembered.mark();
    const claims = yield* signer.verify(token, Math.floor(now / 1000));
    if (claims === undefined || claims.tenant !== tenant) return yield* new InvalidToken();
    const holder = yield* storage.sessions.findHolder(tenant, claims.sid, new Date(now));
    if (Option.isNone(holder) || holder.value.userId !== claims.sub) return yield* new InvalidToken();
    const { requiredActions } = holder.value;
    const principal: Principal = Object.freeze({
      tenant,
      userId: claims.sub,
      sessionId: claims.sid,
      role: holder.value.role,
      expiresAt: new Date(claims.exp * 1000),
      authenticatedAt: new Date(claims.authTime * 1000),
      methods: Object.freeze([...claims.amr]),
      ...(requiredActions.length > 0 && { requiredActions: Object.freeze([...requiredActions]) }),
    });
    remembered.remember(token, principal, mark);
    return principal;
  });

  return {
    recall,
    authenticate,
    forget: (tenant, userId) => remembered.forget(tenant, userId),
    stop: () => {
      watch.stop();
      remembered.forgetAll();
    },
  };
};
