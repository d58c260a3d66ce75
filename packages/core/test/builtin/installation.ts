import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import * as Effect from "effect/Effect";
import type { ClaimRules } from "../../src/builtin/access-token-claims.ts";
import { systemRandom } from "../../src/builtin/environment.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import { makeTokenSigner } from "../../src/builtin/token-signer.ts";
import { makeKeyVault } from "../../src/keyring/key-vault.ts";
import { makeKeyring } from "../../src/keyring/keyring.ts";
import { openKeys } from "../../src/keyring/open-keys.ts";
import type { TokenAlgorithm } from "../../src/keyring/token-options.ts";
import type { Clock } from "../../src/ports/environment.ts";
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

export interface SignerOptions extends ClaimRules {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly algorithm?: TokenAlgorithm;
}

/** A signer as an instance has one: keys are made where there are none. */
export const signerOf = ({ keys, clock, algorithm = "EdDSA", ...rules }: SignerOptions) => {
  const vault = makeKeyVault([], systemRandom);
  const opened = openKeys({ keys, vault, clock, algorithm, randomSource: systemRandom });
  const tokenSeconds = rules.maximumLifetimeSeconds;
  const keyring = makeKeyring({ keys, vault, clock, algorithm, tokenSeconds, prepareSeconds: 600 });
  return Effect.map(Effect.andThen(opened, keyring), (ring) =>
    makeTokenSigner({ ...rules, keyring: ring, publicKeysSeconds: 300 }),
  );
};

export interface Installation {
  readonly signer: TokenSigner;
  readonly key: StoredKey;
  readonly privateKey: KeyObject;
  readonly options: SignerOptions;
  readonly token: string;
  readonly accepts: (token: string, at?: number) => boolean;
  /** A token of any header and payload, its signature right. */
  readonly signText: (header: string, payload: string) => string;
}

/** A signer over an in-memory store; `accepts` runs synchronously, so a look into the store would throw. */
export const makeInstallation = async (keys?: KeyStore): Promise<Installation> => {
  const options: SignerOptions = {
    keys: keys ?? (await openKeyStore()),
    clock: { now: () => now * 1_000 },
    issuer: "right",
    audience: "right",
    maximumLifetimeSeconds: 900,
  };
  const signer = await Effect.runPromise(signerOf(options));
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

export const publishedBy = (signer: TokenSigner) => Effect.runSync(signer.publicKeys()).keys;
