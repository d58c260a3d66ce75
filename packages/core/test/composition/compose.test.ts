import "reflect-metadata";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { container as globalContainer } from "tsyringe";
import { describe, expect, test } from "vitest";
import { createMuster, type MusterOptions, memoryStore, type Ports, portTokens } from "../../src/index.ts";
import { anInstance, brokenRules, outcome, refusal } from "../instance.ts";

const password = "correct horse battery";
const portNames = Object.keys(portTokens) as (keyof Ports)[];

/** A filling for every port that shows in what the instance does. */
const fillings = (): Ports => {
  let ids = 0;
  let draws = 0;
  return {
    clock: { now: () => Date.UTC(2020, 0, 1) },
    randomSource: { bytes: (length) => new Uint8Array(length).fill(7).fill(++draws, 0, 1) },
    idGenerator: { next: () => `id-${++ids}` },
    passwordBlocklist: { has: (secret) => secret === password },
    breachedPasswords: { has: async (secret) => secret === password },
    passwordHasher: {
      hash: (secret) => Effect.succeed(`plain:${Redacted.value(secret)}`),
      verify: (secret, hash) => Effect.succeed(hash === `plain:${Redacted.value(secret)}`),
      verifyNothing: () => Effect.void,
      isOutdated: () => false,
      inspect: () => ({ scheme: "none", refusal: null }),
      hardened: () => Effect.succeedNone,
    },
    tokenSigner: {
      sign: (claims) => Effect.succeed(JSON.stringify(claims)),
      verify: (token) => Effect.succeed(JSON.parse(token)),
      publicKeys: () =>
        Effect.succeed({ keys: [{ kty: "mine", kid: "mine", alg: "mine", use: "sig" }], maxAgeSeconds: 60 }),
    },
    mailer: { send: async () => undefined },
  };
};

/** Whether an instance works with our filling of a port. */
const shows: Readonly<Record<keyof Ports, (options: Partial<MusterOptions>) => Promise<boolean>>> = {
  clock: async (options) =>
    (await (await anInstance(options)).users.create({ username: "jane" })).createdAt.getUTCFullYear() === 2020,
  randomSource: async (options) =>
    (await (await anInstance(options)).users.create({ username: "jane" })).id.endsWith("07070707"),
  idGenerator: async (options) =>
    /^id-\d+$/.test((await (await anInstance(options)).users.create({ username: "jane" })).id),
  passwordBlocklist: async (options) =>
    (await outcome((await anInstance(options)).users.create({ username: "jane", password }))) === "InvalidInput",
  breachedPasswords: async (options) =>
    (await outcome((await anInstance(options)).users.create({ username: "jane", password }))) === "InvalidInput",
  passwordHasher: async (options) => {
    const muster = await anInstance({ ...options, hashing: { threads: -1 } });
    await muster.users.create({ username: "jane", password });
    return (await outcome(muster.sessions.login({ login: "jane", password }))) === "ok";
  },
  mailer: async (options) => {
    const muster = await anInstance({ ...options, mail: { origin: "https://app.example" } });
    return (await outcome(muster.recovery.requestPasswordReset({ login: "jane" }))) === "ok";
  },
  tokenSigner: async (options) => (await (await anInstance(options)).publicKeys()).keys[0]?.kty === "mine",
};

const registered = (names: readonly (keyof Ports)[]) => {
  const container = globalContainer.createChildContainer();
  for (const name of names) container.register<unknown>(portTokens[name], { useValue: fillings()[name] });
  return container;
};

describe.each(portNames)("the port %s", (name) => {
  test("is filled by the built-in one when nobody says otherwise", async () => {
    expect(await shows[name]({}).catch(() => false)).toBe(false);
  });

  test("can be filled through the options", async () => {
    expect(await shows[name]({ ports: { [name]: fillings()[name] } })).toBe(true);
  });

  test("can be filled through the host's own container", async () => {
    expect(await shows[name]({ container: registered([name]) })).toBe(true);
  });

  test("is filled from the options when both offer one", async () => {
    const container = registered([]);
    container.register<unknown>(portTokens[name], {
      useFactory: () => {
        throw new Error("The host's was asked for.");
      },
    });
    expect(await shows[name]({ container, ports: { [name]: fillings()[name] } })).toBe(true);
  });

  test("of the wrong shape is named", async () => {
    for (const wrong of [{}, 7, "clock", () => 1]) {
      const error = await refusal(createMuster({ store: memoryStore(), issuer: "x", ports: { [name]: wrong } }));
      expect(error).toMatchObject({
        _tag: "InvalidConfiguration",
        message: expect.stringContaining(`'ports.${name}'`),
      });
    }
  });
});

describe("containers", () => {
  test("neither the host's nor the global one is registered into", async () => {
    const container = globalContainer.createChildContainer();
    const mail = { origin: "https://app.example" };
    const first = await anInstance({ container, ports: fillings(), mail });
    const second = await anInstance({ container });
    await anInstance({ ports: fillings(), mail });
    await second.users.create({ username: "jane", password });
    await outcome(first.users.create({ username: "jane" }));
    for (const name of portNames) {
      expect(container.isRegistered(portTokens[name], true)).toBe(false);
      expect(globalContainer.isRegistered(portTokens[name])).toBe(false);
    }
  });

  test("one host container serves two instances that know nothing of each other", async () => {
    const container = registered(["clock"]);
    const [first, second] = [
      await anInstance({ container }),
      await anInstance({ container, ports: { idGenerator: { next: () => "only-id" } } }),
    ];
    await first.users.create({ username: "jane", password });
    expect(await outcome(second.sessions.login({ login: "jane", password }))).toBe("InvalidCredentials");
    expect(await second.users.create({ username: "jane" })).toMatchObject({ id: "only-id" });
    expect((await first.users.findByUsername("jane")).id).not.toBe("only-id");
    const { accessToken } = await first.sessions.login({ login: "jane", password });
    expect(await outcome(second.sessions.authenticate(accessToken))).toBe("InvalidToken");
  });

  test("an id that the host's generator should not have made is refused in a sentence, and nothing is written", async () => {
    const made: unknown[] = ["", "me", "a b", "x".repeat(129), 7, undefined, Promise.resolve("1"), "user_1"];
    const left = [...made];
    const idGenerator = { next: () => left.shift() as string };
    const muster = await anInstance({ ports: { idGenerator } });
    for (const id of made.slice(0, -1)) {
      const error = await refusal(muster.users.create({ username: "jane" }));
      expect(error, String(id)).toMatchObject({ _tag: "InvalidConfiguration" });
      expect(error.message).toMatch(/^The port 'idGenerator' made something that is no id: it must be .*\.$/);
    }
    expect((await muster.users.create({ id: "own", username: "joe" })).id).toBe("own");
    expect((await muster.users.create({ username: "jane" })).id).toBe("user_1");
  });

  test("closing one instance leaves the other, and the host's container, at work", async () => {
    const container = registered([]);
    const first = await createMuster({ store: memoryStore(), issuer: "x", container });
    const second = await anInstance({ container });
    await first.users.create({ username: "jane", password });
    await first.close();
    expect(await outcome(second.users.create({ username: "jane", password }))).toBe("ok");
    expect(() => container.register("later", { useValue: 1 })).not.toThrow();
  });
});

describe("the options", () => {
  const good = () => ({ store: memoryStore(), issuer: "https://app.example" });
  const wrong: readonly (readonly [named: string, options: unknown])[] = [
    ["options", undefined],
    ["options", null],
    ["options", "sqlite"],
    ["'store'", { issuer: "x" }],
    ["'store'", { issuer: "x", store: "users.db" }],
    ["'store'", { issuer: "x", store: {} }],
    ["'issuer'", { store: memoryStore() }],
    ["'issuer'", { ...good(), issuer: "" }],
    ["'issuer'", { ...good(), issuer: 7 }],
    ["'issuer'", { ...good(), issuer: "x".repeat(1_025) }],
    ["'audience'", { ...good(), audience: "" }],
    ["'accessTokenSeconds'", { ...good(), accessTokenSeconds: 59 }],
    ["'accessTokenSeconds'", { ...good(), accessTokenSeconds: 86_401 }],
    ["'accessTokenSeconds'", { ...good(), accessTokenSeconds: "900" }],
    ["'refreshTokenSeconds'", { ...good(), refreshTokenSeconds: 0 }],
    ["'sessionSeconds'", { ...good(), sessionSeconds: Number.NaN }],
    ["'refreshGraceSeconds'", { ...good(), refreshGraceSeconds: 31 }],
    ["'refreshGraceSeconds'", { ...good(), refreshGraceSeconds: -1 }],
    ["'retentionDays'", { ...good(), retentionDays: 0.5 }],
    ["'passwords'", { ...good(), passwords: "strict" }],
    ["minLength", { ...good(), passwords: { minLength: 7 } }],
    ["maxLength", { ...good(), passwords: { maxLength: 63 } }],
    ["'hashing'", { ...good(), hashing: 7 }],
    ["memoryKiB", { ...good(), hashing: { memoryKiB: 8 } }],
    ["'ports'", { ...good(), ports: 7 }],
    ["'ports.clocks'", { ...good(), ports: { clocks: {} } }],
    ["'ports.constructor'", { ...good(), ports: { constructor: {} } }],
    ["'container'", { ...good(), container: {} }],
    ["'refreshTokenMinutes'", { ...good(), refreshTokenMinutes: 5 }],
  ];

  test.each(wrong)("are refused with the name of the one that makes no sense: %s (%#)", async (named, options) => {
    const error = await refusal(createMuster(options as MusterOptions));
    expect(error).toMatchObject({ _tag: "InvalidConfiguration", reason: expect.stringContaining(named) });
  });

  test("at their limits are taken", async () => {
    const limits: readonly Partial<MusterOptions>[] = [
      { accessTokenSeconds: 60, refreshTokenSeconds: 60, sessionSeconds: 60, refreshGraceSeconds: 0, retentionDays: 0 },
      {
        accessTokenSeconds: 86_400,
        refreshGraceSeconds: 30,
        retentionDays: 36_500,
        issuer: "x".repeat(1_024),
        audience: "y",
      },
      { passwords: { minLength: 64, maxLength: 64 } },
    ];
    for (const options of limits)
      expect(await outcome((await anInstance(options)).users.create({ username: "jane" }))).toBe("ok");
  });

  test("say which passwords are accepted", async () => {
    const muster = await anInstance({ passwords: { minLength: 15, productNames: ["Acme Rocketry"] } });
    expect(await brokenRules(muster.users.create({ username: "jane", password: "tractor violin" }))).toEqual([
      "password: password_too_short",
    ]);
    expect(await brokenRules(muster.users.create({ username: "jane", password: "acme rocketry 2026" }))).toEqual([
      "password: password_context_word",
    ]);
  });

  test("that make no sense leave nothing open", async () => {
    const opened: string[] = [];
    const store = {
      name: "counted",
      open: Effect.acquireRelease(
        Effect.tap(memoryStore().open, () => Effect.sync(() => opened.push("open"))),
        () => Effect.sync(() => opened.push("closed")),
      ),
    };
    await refusal(createMuster({ store, issuer: "x", passwords: { minLength: 1 } }));
    await refusal(createMuster({ store, issuer: "" }));
    expect(opened).toEqual([]);
    const tokenSigner = { ...fillings().tokenSigner };
    const muster = await createMuster({ store, issuer: "x", ports: { tokenSigner } });
    await muster.close();
    expect(opened).toEqual(["open", "closed"]);
  });
});
