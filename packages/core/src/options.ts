import * as Effect from "effect/Effect";
import type { PasswordPolicyOptions } from "./authentication/password-policy.ts";
import type { Argon2HasherOptions } from "./builtin/argon2-options.ts";
import type { Container } from "./composition/container.ts";
import { InvalidConfiguration } from "./errors.ts";
import type { PermissionTable } from "./grant/grant.ts";
import type { Hooks } from "./hooks/hooks.ts";
import type { SecretOption } from "./keyring/key-vault.ts";
import type { TokenOptions } from "./keyring/token-options.ts";
import type { MailOptions } from "./mail/mail-options.ts";
import type { Ports } from "./ports/port-tokens.ts";
import type { StoreModule } from "./ports/storage.ts";
import type { RecoveryOptions } from "./recovery/recovery-options.ts";
import type { ThrottlingOptions } from "./throttling/throttling-options.ts";

/** What `createMuster` takes. Durations end in their unit. */
export interface MusterOptions<Transaction = never> {
  /** Where everything is kept, e.g. `sqliteStore("users.db")` or `memoryStore()`. */
  readonly store: StoreModule<Transaction>;
  /** `iss` of access tokens: a name or URL of this installation that never changes. */
  readonly issuer: string;
  /** `aud` of access tokens; the issuer unless given. */
  readonly audience?: string;
  /** 60–86,400; 900 unless given. */
  readonly accessTokenSeconds?: number;
  /** How long a refresh token lives unused; 30 days unless given. */
  readonly refreshTokenSeconds?: number;
  /** How long a session lives however often it is refreshed; 90 days unless given (OWASP ASVS 5.0, 7.3.2). */
  readonly sessionSeconds?: number;
  /** How long a spent refresh token still answers its successor: 0–30; 10 unless given. */
  readonly refreshGraceSeconds?: number;
  /** How long deleted users are kept before `purgeExpired` removes them; 30 days unless given. */
  readonly retentionDays?: number;
  /** How access tokens are signed, when keys change, and what else tokens say. */
  readonly tokens?: TokenOptions;
  /**
   * A secret of at least 16 random bytes, kept outside the database, under which its keys are encrypted. To change it, name
   * the new one first and the old one after it, until every process was started so. Keys are stored as they are without it.
   */
  readonly secret?: SecretOption;
  /** Which passwords are accepted. */
  readonly passwords?: PasswordPolicyOptions;
  /** How failed logins make wait; false for not at all. */
  readonly throttling?: ThrottlingOptions | false;
  /** How the built-in hasher works. */
  readonly hashing?: Argon2HasherOptions;
  /** The host's own code around commits. */
  readonly hooks?: Hooks<Transaction>;
  /** What mails say and where their links lead. Needed with a mailer, see `ports.mailer`. */
  readonly mail?: MailOptions;
  /** How long links of mails work, and how a user's own email changes. */
  readonly recovery?: RecoveryOptions;
  /** Which permissions there are on which resources of the host's, and which imply others. None unless given. */
  readonly permissions?: PermissionTable;
  /** `maximumDepth`: levels of groups below each other, 1–100; 20 unless given. */
  readonly groups?: { readonly maximumDepth?: number };
  /** Ports in place of the built-in ones. */
  readonly ports?: Partial<Ports>;
  /** A tsyringe container of the host; ports registered in it under `portTokens` replace the built-in ones. */
  readonly container?: Container;
  /** Required actions that a user clears by agreeing to them, by `users.acceptAction`; `["ACCEPT_TERMS"]` unless given. */
  readonly acceptableActions?: readonly string[];
}

/** The numbers of {@link MusterOptions}, decided. */
export interface Settings {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly sessionSeconds: number;
  readonly refreshGraceSeconds: number;
  readonly retentionDays: number;
  readonly acceptableActions: readonly string[];
}

const day = 86_400;

/** Checks the options and fills in the defaults. */
export const settingsOf = (options: MusterOptions<never>): Effect.Effect<Settings, InvalidConfiguration> => {
  const misshapen = brokenShape(options);
  if (misshapen !== undefined) return Effect.fail(new InvalidConfiguration({ reason: misshapen }));
  const settings: Settings = {
    issuer: options.issuer,
    audience: options.audience ?? options.issuer,
    accessTokenSeconds: options.accessTokenSeconds ?? 900,
    refreshTokenSeconds: options.refreshTokenSeconds ?? 30 * day,
    sessionSeconds: options.sessionSeconds ?? 90 * day,
    refreshGraceSeconds: options.refreshGraceSeconds ?? 10,
    retentionDays: options.retentionDays ?? 30,
    acceptableActions: options.acceptableActions ?? ["ACCEPT_TERMS"],
  };
  const broken =
    brokenText("issuer", settings.issuer) ??
    brokenText("audience", settings.audience) ??
    brokenNumber("accessTokenSeconds", settings.accessTokenSeconds, 60, day) ??
    brokenNumber("refreshTokenSeconds", settings.refreshTokenSeconds, 60, 3_650 * day) ??
    brokenNumber("sessionSeconds", settings.sessionSeconds, 60, 3_650 * day) ??
    brokenNumber("refreshGraceSeconds", settings.refreshGraceSeconds, 0, 30) ??
    brokenNumber("retentionDays", settings.retentionDays, 0, 36_500);
  return broken === undefined ? Effect.succeed(settings) : Effect.fail(new InvalidConfiguration({ reason: broken }));
};

const optionNames: readonly string[] = Object.keys({
  store: true,
  issuer: true,
  audience: true,
  accessTokenSeconds: true,
  refreshTokenSeconds: true,
  sessionSeconds: true,
  refreshGraceSeconds: true,
  retentionDays: true,
  tokens: true,
  secret: true,
  passwords: true,
  throttling: true,
  hashing: true,
  hooks: true,
  mail: true,
  recovery: true,
  permissions: true,
  groups: true,
  ports: true,
  container: true,
  acceptableActions: true,
} satisfies Record<keyof MusterOptions, true>);

const portMethods: { readonly [Name in keyof Ports]: readonly (keyof Ports[Name])[] } = {
  clock: ["now"],
  randomSource: ["bytes"],
  idGenerator: ["next"],
  passwordBlocklist: ["has"],
  breachedPasswords: ["has"],
  passwordHasher: ["hash", "verify", "verifyNothing", "isOutdated", "inspect", "hardened"],
  tokenSigner: ["sign", "verify", "publicKeys"],
  mailer: ["send"],
};

/** What is wrong with the options as objects; hosts without types get a sentence instead of a TypeError. */
const brokenShape = (options: unknown): string | undefined => {
  if (!isObject(options)) return "createMuster takes an object of options.";
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined) return `There is no option '${unknown}'.`;
  if (!isObject(options.store) || !isObject(options.store.open)) {
    return "The option 'store' must be a store, e.g. sqliteStore(\"users.db\").";
  }
  if (options.throttling !== false && !isObject(options.throttling ?? {})) {
    return "The option 'throttling' must be an object or false.";
  }
  const objects = ["tokens", "passwords", "hashing", "hooks", "mail", "recovery", "permissions", "groups", "ports"];
  const notObject = objects.find((name) => !isObject(options[name] ?? {}));
  if (notObject !== undefined) return `The option '${notObject}' must be an object.`;
  const brokenHook = brokenHooks(options.hooks ?? {});
  if (brokenHook !== undefined) return brokenHook;
  if (options.container !== undefined && !hasMethods(options.container, ["createChildContainer"])) {
    return "The option 'container' must be a tsyringe container.";
  }
  const { acceptableActions = [] } = options;
  if (!Array.isArray(acceptableActions) || !acceptableActions.every((name) => /^[A-Z0-9_]{1,64}$/.test(String(name)))) {
    return "The option 'acceptableActions' must be a list of names of 1 to 64 of A-Z 0-9 _.";
  }
  return brokenPort((options.ports ?? {}) as Readonly<Record<string, unknown>>);
};

const hookNames: readonly string[] = Object.keys({
  beforeCommit: true,
  afterCommit: true,
  onError: true,
} satisfies Record<keyof Hooks, true>);

const brokenHooks = (hooks: object): string | undefined => {
  for (const [name, hook] of Object.entries(hooks)) {
    if (!hookNames.includes(name)) return `The option 'hooks.${name}' names no hook.`;
    if (hook !== undefined && typeof hook !== "function") return `The option 'hooks.${name}' must be a function.`;
  }
  return undefined;
};

const brokenPort = (ports: Readonly<Record<string, unknown>>): string | undefined => {
  const methods: Readonly<Record<string, readonly string[]>> = portMethods;
  for (const name of Object.keys(ports)) {
    const expected = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (expected === undefined) return `The option 'ports.${name}' names no port.`;
    if (ports[name] !== undefined && !hasMethods(ports[name], expected)) {
      return `The option 'ports.${name}' must have the methods ${expected.join(", ")}.`;
    }
  }
  return undefined;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const hasMethods = (value: unknown, names: readonly string[]): boolean =>
  isObject(value) && names.every((name) => typeof value[name] === "function");

const brokenText = (name: string, value: unknown): string | undefined =>
  typeof value === "string" && value !== "" && value.length <= 1_024
    ? undefined
    : `The option '${name}' must be a text of 1 to 1,024 characters.`;

const brokenNumber = (name: string, value: unknown, minimum: number, maximum: number): string | undefined =>
  Number.isSafeInteger(value) && (value as number) >= minimum && (value as number) <= maximum
    ? undefined
    : `The option '${name}' must be a whole number from ${minimum} to ${maximum}.`;
