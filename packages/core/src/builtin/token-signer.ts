import * as Effect from "effect/Effect";
import type { Keyring } from "../keyring/keyring.ts";
import type { SigningKey } from "../keyring/signing-key.ts";
import type { AccessTokenClaims, TokenSigner } from "../ports/token-signer.ts";
import { type ClaimRules, payloadOf, readClaims } from "./access-token-claims.ts";
import { type AccessTokenText, readKeyId, readTokenText } from "./access-token-text.ts";

/** What the signer needs to know. `issuer` and `audience` are compared exactly. */
export interface TokenSignerOptions extends ClaimRules {
  readonly keyring: Keyring;
  /** How long others may keep the public keys. */
  readonly publicKeysSeconds: number;
}

/**
 * Makes the signer of access tokens.
 *
 * The active key signs, all that are not gone verify, each with its own algorithm. A token that names a key we do not know
 * makes us read the store again, at most once in five seconds whatever comes in. Claims that `verify` would refuse are a
 * defect in `sign`.
 */
export const makeTokenSigner = (options: TokenSignerOptions): TokenSigner => {
  const { keyring, publicKeysSeconds } = options;

  const check = (key: SigningKey, text: AccessTokenText, nowSeconds: number): AccessTokenClaims | undefined =>
    key.verify(text.signed, text.signature) ? readClaims(options, text.payload, nowSeconds) : undefined;

  return {
    sign: (claims) =>
      Effect.flatMap(keyring.refresh, () => {
        const payload = Buffer.from(JSON.stringify(payloadOf(options, claims)));
        if (readClaims(options, payload, claims.iat) === undefined) {
          return Effect.die(new Error("These claims make no token that would be accepted."));
        }
        const key = keyring.signing();
        const signed = `${key.header}.${payload.toString("base64url")}`;
        return Effect.succeed(`${signed}.${key.sign(Buffer.from(signed)).toString("base64url")}`);
      }),

    verify: (token, nowSeconds) =>
      Effect.suspend(() => {
        const text = readTokenText(token);
        if (text === undefined) return refused;
        const known = keyring.byHeader(text.header);
        if (known !== undefined) return Effect.succeed(check(known, text, nowSeconds));
        const named = readKeyId(text.header);
        if (named === undefined) return refused;
        const checkByKid = () => {
          const key = keyring.byKid(named.kid);
          return key !== undefined && key.algorithm === named.alg ? check(key, text, nowSeconds) : undefined;
        };
        return keyring.byKid(named.kid) === undefined
          ? Effect.map(keyring.reloadForStranger, checkByKid)
          : Effect.sync(checkByKid);
      }),

    publicKeys: () =>
      Effect.map(keyring.refresh, () => ({ keys: keyring.published(), maxAgeSeconds: publicKeysSeconds })),
  };
};

const refused: Effect.Effect<undefined> = Effect.succeed(undefined);
