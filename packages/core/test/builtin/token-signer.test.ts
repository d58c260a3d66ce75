import { pbkdf2 } from "node:crypto";
import * as Effect from "effect/Effect";
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from "jose";
import { expect, it } from "vitest";
import { systemRandom } from "../../src/builtin/environment.ts";
import { uuidV7Generator } from "../../src/builtin/uuid-v7.ts";
import { StoreUnavailable } from "../../src/errors.ts";
import type { KeyStore } from "../../src/ports/key-store.ts";
import { claims, makeInstallation, now, openKeyStore, payload, publishedBy, signerOf } from "./installation.ts";

it("verifies its own token and gives back the claims, however often it is shown", async () => {
  const { signer, token } = await makeInstallation();
  expect(await Effect.runPromise(signer.verify(token, now))).toEqual(claims);
  expect(await Effect.runPromise(signer.verify(token, now + 899))).toEqual(claims);
});

it("makes the same token of the same claims, in whatever order they come", async () => {
  const { signer, token } = await makeInstallation();
  const { tenant, sub, sid, jti, iat, exp, authTime, amr } = claims;
  const reversed = { amr, authTime, exp, iat, jti, sid, sub, tenant };
  expect(await Effect.runPromise(signer.sign(reversed))).toBe(token);
});

it("refuses a token from the second it expires, and one from a clock more than five seconds ahead", async () => {
  const { accepts, token } = await makeInstallation();
  expect([now + 899, now + 900, now - 5, now - 6].map((at) => accepts(token, at))).toEqual([true, false, true, false]);
});

it("refuses to sign what it would not accept", async () => {
  const { signer } = await makeInstallation();
  for (const change of [{ exp: now + 901 }, { exp: now }, { sub: "" }, { tenant: "t".repeat(256) }, { iat: 0.5 }]) {
    const exit = await Effect.runPromiseExit(signer.sign({ ...claims, ...change }));
    expect(exit._tag).toBe("Failure");
  }
});

it("refuses twenty tokens with any one byte changed", async () => {
  const { signer } = await makeInstallation();
  const ids = uuidV7Generator({ now: Date.now }, systemRandom);
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
  for (let round = 0; round < 20; round++) {
    const token = await Effect.runPromise(signer.sign({ ...claims, sub: ids.next(), jti: ids.next() }));
    expect(await Effect.runPromise(signer.verify(token, now))).toBeDefined();
    const accepted: string[] = [];
    for (let index = 0; index < token.length; index++) {
      const original = token.charCodeAt(index);
      const [random = 0] = systemRandom.bytes(1);
      for (const mutant of [alphabet.charCodeAt(random % alphabet.length), original ^ (1 << (random & 7))]) {
        if (mutant === original) continue;
        const text = token.slice(0, index) + String.fromCharCode(mutant) + token.slice(index + 1);
        if ((await Effect.runPromise(signer.verify(text, now))) !== undefined) accepted.push(text);
      }
    }
    expect(accepted).toEqual([]);
  }
});

it("makes tokens that jose verifies with the public keys alone", async () => {
  const { signer, token, key } = await makeInstallation();
  const keySet = createLocalJWKSet({ keys: [...publishedBy(signer)] });
  const verified = await jwtVerify(token, keySet, {
    issuer: "right",
    audience: "right",
    typ: "at+jwt",
    algorithms: ["EdDSA"],
    currentDate: new Date(now * 1_000),
  });
  expect(verified.payload).toEqual(payload);
  expect(verified.protectedHeader).toEqual({ alg: "EdDSA", kid: key.id, typ: "at+jwt" });
});

it("publishes no private part of a key", async () => {
  const { signer, key } = await makeInstallation();
  expect(JSON.stringify(publishedBy(signer))).not.toContain(JSON.parse(key.secretJwk).d);
  expect(Object.keys(publishedBy(signer)[0] ?? {}).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
});

it("accepts a token that jose signed with the key, whatever the order of its members", async () => {
  const { signer, key } = await makeInstallation();
  const token = await new SignJWT({
    sid: claims.sid,
    tenant: claims.tenant,
    auth_time: claims.authTime,
    amr: claims.amr,
  })
    .setProtectedHeader({ typ: "at+jwt", kid: key.id, alg: "EdDSA" })
    .setExpirationTime(claims.exp)
    .setIssuedAt(claims.iat)
    .setJti(claims.jti)
    .setSubject(claims.sub)
    .setAudience("right")
    .setIssuer("right")
    .sign(await importJWK(JSON.parse(key.secretJwk), "EdDSA"));
  expect(await Effect.runPromise(signer.verify(token, now))).toEqual(claims);
});

it("verifies at once while every thread of the pool is busy", async () => {
  const { signer, token } = await makeInstallation();
  const keySet = createLocalJWKSet({ keys: [...publishedBy(signer)] });
  const finished: string[] = [];
  const threads = Number(process.env.UV_THREADPOOL_SIZE ?? 4);
  const jobs = Array.from(
    { length: threads * 2 },
    () =>
      new Promise<void>((resolve, reject) =>
        pbkdf2("password", "salt", 300_000, 64, "sha512", (error) => {
          finished.push("pool");
          if (error === null) resolve();
          else reject(error);
        }),
      ),
  );
  const throughThePool = jwtVerify(token, keySet, { currentDate: new Date(now * 1_000) }).then(() =>
    finished.push("jose"),
  );
  expect(await Effect.runPromise(signer.verify(token, now))).toEqual(claims);
  finished.push("muster");
  await Promise.all([...jobs, throughThePool]);
  expect(finished[0]).toBe("muster");
  expect(finished.indexOf("jose")).toBeGreaterThan(finished.indexOf("pool"));
});

/** The key store of an installation whose database is replaced while it runs. */
const replaceable = async () => {
  const stores: [KeyStore, KeyStore] = [await openKeyStore(), await openKeyStore()];
  const state = { current: stores[0], reads: 0, failing: false, time: now * 1_000 };
  const keys: KeyStore = {
    list: () =>
      Effect.suspend(() => {
        state.reads += 1;
        const down = new StoreUnavailable({ reason: "down", retryable: true });
        return state.failing ? Effect.fail(down) : state.current.list();
      }),
    insert: (key) => state.current.insert(key),
    replaceSecret: (...args) => state.current.replaceSecret(...args),
    remove: (id) => state.current.remove(id),
  };
  const options = { ...(await makeInstallation(stores[0])).options, keys, clock: { now: () => state.time } };
  const signer = await Effect.runPromise(signerOf(options));
  const other = await makeInstallation(stores[1]);
  state.reads = 0;
  return { state, stores, signer, other };
};

it("reads the keys again when a token names one it does not know, and then accepts it", async () => {
  const { state, stores, signer, other } = await replaceable();
  state.current = stores[1];
  const all = Array.from({ length: 50 }, () => Effect.runPromise(signer.verify(other.token, now)));
  expect(await Promise.all(all)).toEqual(Array.from({ length: 50 }, () => claims));
  expect(state.reads).toBe(1);
});

it("asks the store at most once in five seconds, however many strange keys are named", async () => {
  const { state, stores, signer, other } = await replaceable();
  const strange = () => Effect.runPromise(signer.verify(other.token, now));
  for (let call = 0; call < 100; call++) expect(await strange()).toBeUndefined();
  expect(state.reads).toBe(1);
  state.current = stores[1];
  state.time += 4_999;
  expect(await strange()).toBeUndefined();
  state.time += 1;
  expect(await strange()).toEqual(claims);
  expect(state.reads).toBe(2);
});

it("says that the store is unavailable rather than that a strange token is wrong", async () => {
  const { state, signer, other } = await replaceable();
  state.failing = true;
  for (let call = 0; call < 3; call++) {
    const error = await Effect.runPromise(Effect.flip(signer.verify(other.token, now)));
    expect(error._tag).toBe("StoreUnavailable");
  }
  expect(state.reads).toBe(1);
  state.failing = false;
  state.time += 5_000;
  expect(await Effect.runPromise(signer.verify(other.token, now))).toBeUndefined();
});
