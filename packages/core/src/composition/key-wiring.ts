import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { makeTokenSigner } from "../builtin/token-signer.ts";
import type { InvalidConfiguration, StoreUnavailable } from "../errors.ts";
import type { ScopedStorage } from "../hooks/commits.ts";
import { type ClaimsOf, makeClaimsOf } from "../keyring/extra-claims.ts";
import { makeKeyVault, secretsOf } from "../keyring/key-vault.ts";
import { type Keyring, makeKeyring } from "../keyring/keyring.ts";
import { type KeyCare, makeKeys } from "../keyring/keys.ts";
import { type InstallationKeys, openKeys } from "../keyring/open-keys.ts";
import { keysTenant, makeRotation } from "../keyring/rotation.ts";
import { tendKeys } from "../keyring/tending.ts";
import { type TokenSettings, tokenSettings } from "../keyring/token-options.ts";
import type { MusterOptions, Settings } from "../options.ts";
import { everyToken } from "../ports/access-changes.ts";
import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";
import type { KeyStore } from "../ports/key-store.ts";
import type { TokenSigner } from "../ports/token-signer.ts";

/** What the options say of keys, decided. */
export interface KeySettings extends TokenSettings {
  readonly secrets: readonly string[];
}

/** Throws InvalidConfiguration. */
export const keySettings = (options: MusterOptions<never>): KeySettings => ({
  ...tokenSettings(options.tokens ?? {}),
  secrets: secretsOf(options.secret),
});

interface Sources {
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly randomSource: RandomSource;
  readonly settings: Settings;
  readonly keySettings: KeySettings;
}

/** Keys and what signs with them. */
export interface KeyWiring {
  readonly secret: InstallationKeys;
  readonly keyring: Keyring;
  readonly signer: TokenSigner;
  /** What the host has tokens say besides. */
  readonly claimsOf: ClaimsOf | undefined;
  /** Brings the keys to where options and schedule want them, keeps them there until the scope ends. */
  readonly tend: (
    storage: ScopedStorage,
    forget: (tenant: string, userId: string) => void,
  ) => Effect.Effect<KeyCare, StoreUnavailable | InvalidConfiguration, Scope.Scope>;
}

/** The longest that a key set may be cached, in seconds: a revoked key is trusted by others for so long. */
const cacheSeconds = 300;

/** Opens the keys of an installation and wires what works with them. */
export const wireKeys: (sources: Sources) => Effect.Effect<KeyWiring, StoreUnavailable | InvalidConfiguration> =
  Effect.fnUntraced(function* ({ keys, clock, ids, randomSource, settings, keySettings: { secrets, ...tokens } }) {
    const vault = makeKeyVault(secrets, randomSource);
    const { algorithm, prepareSeconds, claims } = tokens;
    const tokenSeconds = settings.accessTokenSeconds;
    const secret = yield* openKeys({ keys, vault, randomSource, clock, algorithm });
    const keyring = yield* makeKeyring({ keys, vault, clock, algorithm, tokenSeconds, prepareSeconds });
    const rotation = makeRotation({ vault, clock, ids, randomSource, settings: tokens, tokenSeconds });
    return {
      secret,
      keyring,
      signer: makeTokenSigner({
        keyring,
        issuer: settings.issuer,
        audience: settings.audience,
        maximumLifetimeSeconds: tokenSeconds,
        publicKeysSeconds: Math.min(cacheSeconds, Math.floor(prepareSeconds / 2)),
      }),
      claimsOf: claims && makeClaimsOf(claims),
      tend: Effect.fnUntraced(function* (storage, forget) {
        const scope = { actor: { kind: "system" }, tenant: keysTenant, storage } as const;
        // A hook of the host's that refuses to note a new key must not keep the host from starting.
        yield* Effect.catchTag(rotation.rotateIfDue(scope), "ChangeRefused", () => Effect.void);
        yield* keyring.reload;
        if (tokens.rotateEverySeconds !== undefined) {
          yield* Effect.acquireRelease(
            Effect.sync(() => tendKeys(rotation, keyring, scope)),
            (stop) => Effect.sync(stop),
          );
        }
        return makeKeys(keyring, rotation, () => forget(everyToken.tenant, everyToken.userId));
      }),
    };
  });
