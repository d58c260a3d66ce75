import { sign as makeSignature, verify as verifySignature } from "node:crypto";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Semaphore from "effect/Semaphore";
import type { StoreUnavailable } from "../errors.ts";
import type { StoredKey } from "../ports/key-store.ts";
import type { AccessTokenClaims, TokenSigner } from "../ports/token-signer.ts";
import { type ClaimRules, payloadOf, readClaims } from "./access-token-claims.ts";
import { type AccessTokenText, readKeyId, readTokenText } from "./access-token-text.ts";
import { type EddsaKey, eddsa, readEddsaKey } from "./eddsa-key.ts";
import { ensureInstallationKeys, type KeySources } from "./installation-keys.ts";

/** What the signer needs to know. `issuer` and `audience` are compared exactly. */
export interface EddsaTokenSignerOptions extends KeySources, ClaimRules {}

/** How often, at most, tokens that name an unknown key make us ask the store. */
const reloadMilliseconds = 5_000;

interface KeyRing {
  /** The newest key: it signs. */
  readonly signing: EddsaKey;
  readonly byKid: ReadonlyMap<string, EddsaKey>;
  readonly byHeader: ReadonlyMap<string, EddsaKey>;
  readonly all: readonly EddsaKey[];
}

const readRing = Effect.fnUntraced(function* (stored: readonly StoredKey[]) {
  const mine = stored.filter((key) => key.purpose === "access_token" && key.algorithm === eddsa);
  const all = yield* Effect.forEach(mine, readEddsaKey);
  const signing = all.at(-1);
  if (signing === undefined) return yield* Effect.die(new Error("The key store holds no EdDSA key for access tokens."));
  const ring: KeyRing = {
    signing,
    byKid: new Map(all.map((key) => [key.kid, key])),
    byHeader: new Map(all.map((key) => [key.header, key])),
    all,
  };
  return ring;
});

/**
 * Makes the signer of access tokens: Ed25519 under a key from the key store, made there if it holds none.
 *
 * The newest key signs, all of them verify. A token that names a key we do not know makes us read the store again, at
 * most once in five seconds whatever comes in. Claims that `verify` would refuse are a defect in `sign`; a stored key
 * that is broken is one too.
 */
export const makeEddsaTokenSigner: (options: EddsaTokenSignerOptions) => Effect.Effect<TokenSigner, StoreUnavailable> =
  Effect.fn("EddsaTokenSigner.make")(function* (options) {
    const { keys, clock } = options;
    let ring = yield* readRing(yield* ensureInstallationKeys(options));

    let reloadedAt = Number.NEGATIVE_INFINITY;
    let reloaded: Exit.Exit<void, StoreUnavailable> = Exit.void;
    const turn = yield* Semaphore.make(1);
    const reload = turn.withPermit(
      Effect.suspend(() => {
        if (Math.abs(clock.now() - reloadedAt) < reloadMilliseconds) return reloaded;
        const read = Effect.map(Effect.flatMap(keys.list(), readRing), (found) => {
          ring = found;
        });
        return Effect.flatMap(Effect.exit(read), (exit) => {
          reloadedAt = clock.now();
          reloaded = exit;
          return exit;
        });
      }),
    );

    const check = (key: EddsaKey, text: AccessTokenText, nowSeconds: number): AccessTokenClaims | undefined =>
      verifySignature(null, text.signed, key.publicKey, text.signature)
        ? readClaims(options, text.payload, nowSeconds)
        : undefined;

    return {
      sign: (claims) =>
        Effect.suspend(() => {
          const payload = Buffer.from(JSON.stringify(payloadOf(options, claims)));
          if (readClaims(options, payload, claims.iat) === undefined) {
            return Effect.die(new Error("These claims make no token that would be accepted."));
          }
          const { header, privateKey } = ring.signing;
          const signed = `${header}.${payload.toString("base64url")}`;
          return Effect.succeed(
            `${signed}.${makeSignature(null, Buffer.from(signed), privateKey).toString("base64url")}`,
          );
        }),

      verify: (token, nowSeconds) =>
        Effect.suspend(() => {
          const text = readTokenText(token);
          if (text === undefined) return refused;
          const known = ring.byHeader.get(text.header);
          if (known !== undefined) return Effect.succeed(check(known, text, nowSeconds));
          const kid = readKeyId(text.header);
          if (kid === undefined) return refused;
          const checkByKid = () => {
            const key = ring.byKid.get(kid);
            return key && check(key, text, nowSeconds);
          };
          return ring.byKid.has(kid) ? Effect.sync(checkByKid) : Effect.map(reload, checkByKid);
        }),

      publicKeys: () => ({ keys: ring.all.map((key) => key.publicJwk) }),
    };
  });

const refused: Effect.Effect<undefined> = Effect.succeed(undefined);
