import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { describe, expect, it } from "vitest";
import type { StoreModule } from "../../src/ports/storage.ts";
import { failureOf, onStore, outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";

const [current, next] = ["the secret of this year, out of a vault", "the secret of the next, out of a vault"];

const textsOf = (store: StoreModule) =>
  onStore(store, ({ keys }) => Effect.map(keys.list(), (all) => all.map(({ secretJwk }) => secretJwk)));

const isPlain = (text: string) => text.startsWith("{");

describe.each(stores)("keys under a secret, on $name", ({ open }) => {
  it("stand in the database encrypted, new ones and those that were there", async () => {
    const store = open();
    const before = await started({ store });
    await before.users.create({ username: "jane", password });
    const session = await before.sessions.login({ login: "jane", password });
    expect((await textsOf(store)).every(isPlain)).toBe(true);
    const muster = await started({ store, secret: Redacted.make(current) });
    await muster.keys.rotate();
    const texts = await textsOf(store);
    expect(texts.some(isPlain)).toBe(false);
    expect(new Set(texts).size).toBe(texts.length);
    expect((await muster.sessions.authenticate(session.accessToken)).role).toBe("user");
    expect(await outcomeOf(muster.sessions.refresh(session.refreshToken))).toBe("success");
    // The instance that began without it goes on, with the keys it knows.
    expect((await before.sessions.authenticate(session.accessToken)).role).toBe("user");
    expect(await outcomeOf(before.sessions.login({ login: "jane", password }))).toBe("success");
  });

  it("are refused at start without it, or under another one, in one sentence", async () => {
    const store = open();
    await started({ store, secret: current });
    for (const options of [{}, { secret: next }, { secret: [next] }]) {
      const error = await failureOf(started({ store, ...options }));
      expect(error).toMatchObject({ _tag: "InvalidConfiguration" });
      expect(String(error)).toContain("the option 'secret' must name the one they are encrypted under");
      expect(String(error)).not.toContain(next);
    }
  });

  it("change the secret: the first given encrypts, the others open", async () => {
    const store = open();
    await started({ store, secret: current });
    const old = await textsOf(store);
    await started({ store, secret: [current, next] });
    expect(await textsOf(store)).toEqual(old);
    await started({ store, secret: [next, current] });
    expect(await textsOf(store)).not.toEqual(old);
    await started({ store, secret: next });
    expect(await outcomeOf(started({ store, secret: current }))).toBe("InvalidConfiguration");
  });

  it("are good in their own row only", async () => {
    const store = open();
    await started({ store, secret: current });
    await onStore(store, ({ keys, transact }) =>
      Effect.gen(function* () {
        const [one, other] = (yield* keys.list()).filter(({ purpose }) => purpose !== "access_token");
        if (one === undefined || other === undefined) throw new Error("There are more keys than that.");
        yield* transact((stores) => stores.keys.replaceSecret(one.id, one.secretJwk, other.secretJwk));
      }),
    );
    expect(await outcomeOf(started({ store, secret: current }))).toBe("InvalidConfiguration");
  });

  it("ask for a secret that cannot be guessed", async () => {
    for (const secret of ["", "short", ["x".repeat(15)], [current, ""]]) {
      expect(await outcomeOf(started({ store: open(), secret })), JSON.stringify(secret)).toBe("InvalidConfiguration");
    }
  });
});
