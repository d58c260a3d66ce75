import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { makeAudit } from "../audit/audit.ts";
import { type BreachCheck, makeNewPasswords } from "../authentication/new-password.ts";
import { makePasswordPolicy, type PasswordPolicyOptions } from "../authentication/password-policy.ts";
import { argon2Hasher } from "../builtin/argon2-hasher.ts";
import type { Argon2HasherOptions } from "../builtin/argon2-options.ts";
import { commonPasswords } from "../builtin/common-passwords.ts";
import { systemClock, systemRandom } from "../builtin/environment.ts";
import { uuidV7Generator } from "../builtin/uuid-v7.ts";
import { makeHarden } from "../credentials/harden.ts";
import { makeImportPassword } from "../credentials/import-password.ts";
import { InvalidConfiguration, type StoreUnavailable, type UnsupportedSchema } from "../errors.ts";
import { type CallHooks, callHooks } from "../hooks/call-hooks.ts";
import { type Commits, makeCommits } from "../hooks/commits.ts";
import { hookDelivery } from "../hooks/hook-entries.ts";
import { type MusterOptions, settingsOf } from "../options.ts";
import { type Delivery, type FailedDelivery, makeRelay, type Relay } from "../outbox/relay.ts";
import type { Clock } from "../ports/environment.ts";
import type { PasswordHasher } from "../ports/password-hasher.ts";
import { type Ports, portTokens } from "../ports/port-tokens.ts";
import type { Storage } from "../ports/storage.ts";
import type { TokenSigner } from "../ports/token-signer.ts";
import { makeAuthenticator } from "../session/authenticator.ts";
import { makeCompleteLogin } from "../session/complete-login.ts";
import { makeLogin } from "../session/login.ts";
import { makeRefresh } from "../session/refresh.ts";
import { refreshTokens } from "../session/refresh-token.ts";
import { makeSessions } from "../session/sessions.ts";
import { makeStepUp } from "../session/step-up.ts";
import { makeSessionLifetimes, makeTokenIssuer } from "../session/token-issuer.ts";
import { throttlingSettings } from "../throttling/throttling-options.ts";
import { makeUnlock } from "../throttling/unlock.ts";
import { makeRequiredActions } from "../user/required-actions.ts";
import { makeUserChanges } from "../user/user-changes.ts";
import { makeUserLifecycle } from "../user/user-lifecycle.ts";
import { makeUserLists } from "../user/user-lists.ts";
import { makeUsers } from "../user/users.ts";
import { accessSettings, makeAccess } from "./access.ts";
import { bindDefault, type Container, childContainer, get, has, hold } from "./container.ts";
import type { UseCases } from "./facade.ts";
import { keySettings, wireKeys } from "./key-wiring.ts";
import { mailingSettings, makeMailing } from "./recovery.ts";
import { wireSecondFactors } from "./second-factors.ts";
import { throttling } from "./throttling.ts";

/** A composed instance: everything a facade needs. */
export interface Composition {
  readonly useCases: UseCases;
  readonly commits: Commits;
  readonly storage: Storage;
  readonly signer: TokenSigner;
}

/** Why an instance may not start. */
export type StartError = InvalidConfiguration | StoreUnavailable | UnsupportedSchema;

/** Wires an instance: options → ports → use cases. What it opens is closed with the scope. */
export const compose: (options: MusterOptions<never>) => Effect.Effect<Composition, StartError, Scope.Scope> =
  Effect.fnUntraced(function* (options) {
    const settings = yield* settingsOf(options);
    const container = childContainer(options.container);
    yield* bindPorts(container, options);
    const policy = yield* configured(() =>
      makePasswordPolicy(options.passwords ?? {}, get(container, portTokens.passwordBlocklist)),
    );
    const clock = get(container, portTokens.clock);
    const hasher = get(container, portTokens.passwordHasher);
    const randomSource = get(container, portTokens.randomSource);

    const guessing = yield* configured(() => throttlingSettings(options.throttling ?? {}));
    const mailer = has(container, portTokens.mailer) ? get(container, portTokens.mailer) : undefined;
    const recovery = yield* configured(() => mailingSettings(options, mailer !== undefined));

    const tokens = yield* configured(() => keySettings(options));

    const access = yield* configured(() => accessSettings(options));

    const storage = yield* options.store.open;
    // Sessions and events have ids of our own making: tokens carry the one, the audit log is ordered by the other.
    const ownIds = uuidV7Generator(clock, randomSource);
    const wiring = yield* wireKeys({
      keys: storage.keys,
      clock,
      ids: ownIds,
      randomSource,
      settings,
      keySettings: tokens,
    });
    const keys = wiring.secret;
    const signer = has(container, portTokens.tokenSigner) ? get(container, portTokens.tokenSigner) : wiring.signer;

    const authenticator = yield* Effect.acquireRelease(
      Effect.sync(() => makeAuthenticator({ storage, signer, clock, keysChanged: wiring.keyring.reload })),
      (running) => Effect.sync(running.stop),
    );
    const passwords = makeNewPasswords(policy, hasher, yield* breachCheck(container, options.passwords ?? {}));
    const changes = { clock, ids: ownIds };
    const hooks = callHooks(options.hooks ?? {});
    const commits = makeCommits({ storage, hooks, forget: authenticator.forget });
    const throttle = yield* throttling({
      ...changes,
      storage: commits.storage,
      installationKey: keys.refreshToken,
      settings: guessing,
    });
    const factors = wireSecondFactors({
      ...changes,
      randomSource,
      installationKey: keys.secondFactor,
      issuer: settings.issuer,
    });
    const opening = {
      codes: factors.codes,
      challenges: factors.challenges,
      clock,
      ids: ownIds,
      hasher,
      throttle,
      refreshTokens: refreshTokens(keys.refreshToken, randomSource),
      issuer: makeTokenIssuer(signer, settings.accessTokenSeconds, wiring.claimsOf),
      lifetimes: makeSessionLifetimes(settings),
    };
    const login = makeLogin(opening);
    const relay: { current: Relay | undefined } = { current: undefined };
    const mailing = makeMailing({
      ...changes,
      storage: commits.storage,
      randomSource,
      hasher,
      throttle,
      passwords,
      mailer,
      settings: recovery,
      outboxKey: keys.outbox,
      wake: () => relay.current?.wake(),
      login,
      cursorKey: keys.cursor,
    });
    const useCases: UseCases = {
      users: {
        ...makeUsers({
          ...changes,
          passwords,
          mails: mailing.mails,
          invitation: mailing.invitation,
          userIds: get(container, portTokens.idGenerator),
        }),
        ...makeUserChanges({
          ...changes,
          hasher,
          throttle,
          passwords,
          mails: mailing.mails,
          ownEmailChange: recovery.ownEmailChange,
        }),
        ...makeUserLifecycle({ ...changes, retentionDays: settings.retentionDays }),
        ...makeUnlock({ ...changes, throttle }),
        ...makeRequiredActions({ ...changes, acceptableActions: settings.acceptableActions }),
        ...makeUserLists({ cursorKey: keys.cursor }),
      },
      sessions: {
        ...makeSessions(changes),
        login,
        completeLogin: makeCompleteLogin(opening),
        stepUp: makeStepUp(opening),
        refresh: makeRefresh({ ...opening, graceSeconds: settings.refreshGraceSeconds }),
      },
      credentials: {
        import: makeImportPassword({ ...changes, passwords }),
        harden: makeHarden({ clock, ids: ownIds, hasher }),
      },
      secondFactors: factors.secondFactors,
      recovery: mailing.recovery,
      invitations: mailing.invitations,
      audit: makeAudit({ cursorKey: keys.cursor }),
      ...makeAccess({
        ...changes,
        ...access,
        cursorKey: keys.cursor,
        groupIds: get(container, portTokens.idGenerator),
      }),
      keys: yield* wiring.tend(commits.storage, authenticator.forget),
      authenticator,
    };
    relay.current = yield* relaying(storage, clock, [...deliveriesOf(hooks), ...mailing.deliveries]);
    return { useCases, commits, storage, signer };
  });

const breachCheck = (container: Container, { whenBreachesUnknown = "accept" }: PasswordPolicyOptions) =>
  configured((): BreachCheck | undefined => {
    if (whenBreachesUnknown !== "accept" && whenBreachesUnknown !== "refuse") {
      throw new InvalidConfiguration({ reason: "The password option whenBreachesUnknown is accept or refuse." });
    }
    if (!has(container, portTokens.breachedPasswords)) return undefined;
    return { list: get(container, portTokens.breachedPasswords), whenUnknown: whenBreachesUnknown };
  });

const deliveriesOf = (hooks: CallHooks): readonly Delivery[] => (hooks.hasAfter ? [hookDelivery(hooks)] : []);

/** Nobody asks the outbox for what nobody delivers. */
const relaying = (storage: Storage, clock: Clock, deliveries: readonly Delivery[]) =>
  deliveries.length === 0
    ? Effect.succeed(undefined)
    : Effect.acquireRelease(
        Effect.sync(() => makeRelay({ storage, clock, deliveries, report: logFailure })),
        (relay) => relay.stop,
      );

const logFailure = ({ entry, isDead, error }: FailedDelivery): void => {
  const name = error instanceof Error ? error.name : typeof error;
  const what = `${entry.topic} ${entry.id}, attempt ${entry.attempts}${isDead ? ", the last one" : ""}`;
  Effect.runFork(Effect.logWarning(`Muster: a delivery failed (${what}): ${name}`));
};

/** Fills every port: from the options, else from the host's container, else with the built-in one. */
const bindPorts = Effect.fnUntraced(function* (container: Container, options: MusterOptions<never>) {
  const given: Partial<Ports> = options.ports ?? {};
  for (const name of Object.keys(given) as (keyof Ports)[]) {
    const port: unknown = given[name];
    if (port !== undefined) hold<unknown>(container, portTokens[name], port);
  }
  bindDefault(container, portTokens.clock, () => systemClock);
  bindDefault(container, portTokens.randomSource, () => systemRandom);
  bindDefault(container, portTokens.passwordBlocklist, () => commonPasswords());
  bindDefault(container, portTokens.idGenerator, (from) =>
    uuidV7Generator(get(from, portTokens.clock), get(from, portTokens.randomSource)),
  );
  if (!has(container, portTokens.passwordHasher)) {
    hold(container, portTokens.passwordHasher, yield* openHasher(options.hashing ?? {}));
  }
});

const openHasher = (options: Argon2HasherOptions): Effect.Effect<PasswordHasher, InvalidConfiguration, Scope.Scope> =>
  Effect.acquireRelease(
    configured(() => argon2Hasher(options)),
    (hasher) => hasher.close,
  );

const configured = <T>(make: () => T): Effect.Effect<T, InvalidConfiguration> =>
  Effect.try({
    try: make,
    catch: (error) =>
      error instanceof InvalidConfiguration ? error : new InvalidConfiguration({ reason: String(error) }),
  });
