import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { CallScope } from "../authorization/actor.ts";
import type { StoreUnavailable } from "../errors.ts";
import type { JsonObject } from "../kernel/json.ts";
import type { TokenOptions } from "./token-options.ts";

/** Names that JWT (RFC 7519, RFC 8693, RFC 9068, RFC 9449), OpenID Connect or Muster give a meaning to. */
export const reservedClaims: ReadonlySet<string> = new Set([
  ..."iss sub aud exp nbf iat jti tenant sid auth_time amr acr required_actions act may_act azp nonce".split(" "),
  ..."client_id scope cnf domain events sub_id crit typ type alg kid __proto__".split(" "),
]);

/** A token has at most 8,192 characters, and each byte of these takes 4/3 of one. */
const byteLimit = 2_048;

type Scope = Pick<CallScope, "tenant" | "storage">;

/** What a user's token says besides. */
export type ClaimsOf = (scope: Scope, userId: string) => Effect.Effect<JsonObject, StoreUnavailable>;

/**
 * Asks the host for claims of its own. What it answers with a reserved name, or too much of it, is a defect, as is what it
 * throws: no token is signed then.
 */
export const makeClaimsOf = (claims: NonNullable<TokenOptions["claims"]>): ClaimsOf =>
  Effect.fnUntraced(function* ({ tenant, storage }, userId) {
    const user = Option.getOrUndefined(yield* storage.users.find(tenant, userId));
    if (user === undefined) return {};
    const { privateMetadata: _hidden, ...told } = user;
    return accepted(yield* Effect.promise(async () => claims(told, tenant)));
  });

const accepted = (answer: unknown): JsonObject => {
  const text = JSON.stringify(answer);
  if (typeof answer !== "object" || answer === null || Array.isArray(answer) || text === undefined) {
    throw new TypeError("The hook 'tokens.claims' must answer an object.");
  }
  const claims: JsonObject = JSON.parse(text);
  const reserved = Object.keys(claims).find((name) => reservedClaims.has(name));
  if (reserved !== undefined) throw new TypeError(`The hook 'tokens.claims' may not say '${reserved}'.`);
  if (Buffer.byteLength(text) > byteLimit) {
    throw new RangeError(`The hook 'tokens.claims' answered more than ${byteLimit} bytes.`);
  }
  return claims;
};
