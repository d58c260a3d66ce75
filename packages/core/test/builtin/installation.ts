import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import * as Effect from "effect/Effect";
import { type EddsaTokenSignerOptions, makeEddsaTokenSigner } from "../../src/builtin/eddsa-token-signer.ts";
import { systemRandom } from "../../src/builtin/environment.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { KeyStore, StoredKey } from "../../src/ports/key-store.ts";
import type { AccessTokenClaims, TokenSigner } from "../../src/ports/token-signer.ts";

export const now = 1_800_000_000;

export const claims: AccessTokenClaims = {
  tenant: "default",
  sub: "0192f0c1-0000-7000-8000-000000000001",
  sid: "0192f0c1-0000-7000-8000-000000000002",
  jti: "0192f0c1-0000-7000-8000-000000000003",
  iat: now,
  exp: now + 900,
  authTime: now - 60,
  amr: ["pwd"],
};

const { authTime, amr, ...registered } = claims;

/** Everything `claims` turns into, under the issuer and audience of {@link makeInstallation}. */
export const payload = { iss: "right", aud: "right", ...registered, auth_time: authTime, amr };

export const openKeyStore = async (): Promise<KeyStore> =>
  (await Effect.runPromise(Effect.scoped(memoryStore().open))).keys;

export interface Installation {
  readonly signer: TokenSigner;
  readonly key: StoredKey;
  readonly privateKey: KeyObject;
  readonly options: EddsaTokenSignerOptions;
  readonly token: string;
  readonly accepts: (token: string, at?: number) => boolean;
  /** A token of any header and payload, its signature right. */
  readonly signText: (header: string, payload: string) => string;
}

/** A signer over an in-memory store; `accepts` runs synchronously, so a look into the store would throw. */
export const makeInstallation = async (keys?: KeyStore): Promise<Installation> => {
  const options: EddsaTokenSignerOptions = {
    keys: keys ?? (await openKeyStore()),
    randomSource: systemRandom,
    clock: { now: () => now * 1_000 },
    issuer: "right",
    audience: "right",
    maximumLifetimeSeconds: 900,
  };
  const signer = await Effect.runPromise(makeEddsaTokenSigner(options));
  const stored = await Effect.runPromise(options.keys.list());
  const key = stored.find(({ purpose }) => purpose === "access_token");
  if (key === undefined) throw new Error("no key was made");
  const privateKey = createPrivateKey({ key: JSON.parse(key.secretJwk), format: "jwk" });
  return {
    signer,
    key,
    privateKey,
    options,
    token: await Effect.runPromise(signer.sign(claims)),
    accepts: (token, at = now) => Effect.runSync(signer.verify(token, at)) !== undefined,
    signText: (header, body) => {
      const signed = `${encode(header)}.${encode(body)}`;
      return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
};

export const encode = (text: string): string => Buffer.from(text).toString("base64url");
