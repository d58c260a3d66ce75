import { createHmac, createPublicKey } from "node:crypto";
import * as Effect from "effect/Effect";
import { createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { systemRandom } from "../../src/builtin/environment.ts";
import { lowSignature } from "../../src/keyring/low-signature.ts";
import { makeTokenKey } from "../../src/keyring/make-key.ts";
import { readSigningKey } from "../../src/keyring/signing-key.ts";
import type { TokenAlgorithm } from "../../src/keyring/token-options.ts";
import type { StoredKey } from "../../src/ports/key-store.ts";
import { claims, encode, now, openKeyStore, payload, publishedBy, signerOf } from "../builtin/installation.ts";

const algorithms: readonly TokenAlgorithm[] = ["EdDSA", "ES256", "RS256", "HS512"];

const installation = async (algorithm: TokenAlgorithm) => {
  const keys = await openKeyStore();
  const rules = { issuer: "right", audience: "right", maximumLifetimeSeconds: 900 };
  const signer = await Effect.runPromise(signerOf({ ...rules, keys, algorithm, clock: { now: () => now * 1_000 } }));
  const key = (await Effect.runPromise(keys.list())).find(({ purpose }) => purpose === "access_token");
  if (key === undefined) throw new Error("no key was made");
  const accepts = (token: string) => Effect.runSync(signer.verify(token, now)) !== undefined;
  return { signer, key, accepts, token: await Effect.runPromise(signer.sign(claims)) };
};

const expected = { issuer: "right", audience: "right", typ: "at+jwt", currentDate: new Date(now * 1_000) };

describe.each(algorithms)("tokens signed with %s", (algorithm) => {
  it("are verified by us, and by jose with what it needs", async () => {
    const { token, accepts, signer, key } = await installation(algorithm);
    expect(accepts(token)).toBe(true);
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: key.id, typ: "at+jwt" });
    const own = await importJWK(JSON.parse(key.secretJwk), algorithm);
    const verified =
      algorithm === "HS512"
        ? await jwtVerify(token, own, expected)
        : await jwtVerify(token, createLocalJWKSet({ keys: [...publishedBy(signer)] }), expected);
    expect(verified.payload).toEqual(payload);
  });

  it("may be signed by jose with the key", async () => {
    const { accepts, key } = await installation(algorithm);
    const own = await importJWK(JSON.parse(key.secretJwk), algorithm);
    const texts = await Promise.all(
      Array.from({ length: 8 }, () =>
        new SignJWT(payload).setProtectedHeader({ alg: algorithm, kid: key.id, typ: "at+jwt" }).sign(own),
      ),
    );
    // Of the two signatures that ECDSA has for each text one is refused, and jose makes either.
    const once = algorithm === "ES256" ? texts.map(withLowSignature) : texts;
    expect(once.every(accepts)).toBe(true);
  });

  it("are refused with any one byte of the signature changed, cut or longer", async () => {
    const { token, accepts } = await installation(algorithm);
    const at = token.lastIndexOf(".") + 1;
    const signature = Buffer.from(token.slice(at), "base64url");
    const changed = Array.from(signature, (byte, index) => {
      const copy = Buffer.from(signature);
      copy[index] = byte ^ 1;
      return copy;
    });
    const texts = [...changed, signature.subarray(1), signature.subarray(0, -1), Buffer.concat([signature, signature])];
    for (const text of texts) expect(accepts(token.slice(0, at) + text.toString("base64url"))).toBe(false);
  });

  it("are refused under another algorithm's name, or none, whatever they are signed with", async () => {
    const { accepts, key, signer } = await installation(algorithm);
    const [, body = ""] = (await Effect.runPromise(signer.sign(claims))).split(".");
    const [published] = publishedBy(signer);
    const secrets = [
      key.id,
      JSON.stringify(published ?? {}),
      published === undefined
        ? ""
        : createPublicKey({ key: { ...published }, format: "jwk" }).export({ type: "spki", format: "pem" }),
      published === undefined
        ? ""
        : createPublicKey({ key: { ...published }, format: "jwk" }).export({ type: "spki", format: "der" }),
      Buffer.from(published?.x ?? published?.n ?? "", "base64url"),
    ];
    const others = [...algorithms, "HS256", "HS384", "none", "None", "ES512", "PS256", "Ed25519"];
    for (const alg of others.filter((name) => name !== algorithm)) {
      const header = encode(JSON.stringify({ alg, kid: key.id, typ: "at+jwt" }));
      expect(accepts(`${header}.${body}.`)).toBe(false);
      for (const secret of secrets) {
        for (const hash of ["sha256", "sha512"]) {
          const mac = createHmac(hash, secret).update(`${header}.${body}`).digest("base64url");
          expect(accepts(`${header}.${body}.${mac}`), `${alg} ${hash}`).toBe(false);
        }
      }
    }
  });
});

const withLowSignature = (token: string): string => {
  const at = token.lastIndexOf(".") + 1;
  return token.slice(0, at) + lowSignature(Buffer.from(token.slice(at), "base64url")).toString("base64url");
};

it("publishes nothing of a secret key", async () => {
  const { signer, key } = await installation("HS512");
  expect(publishedBy(signer)).toEqual([]);
  expect(Buffer.from(JSON.parse(key.secretJwk).k, "base64url")).toHaveLength(64);
});

it("accepts one of the two signatures that ECDSA has for a text", async () => {
  const { token, accepts } = await installation("ES256");
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const at = token.lastIndexOf(".") + 1;
  const signature = Buffer.from(token.slice(at), "base64url");
  const s = order - BigInt(`0x${signature.subarray(32).toString("hex")}`);
  const twin = Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, "0"), "hex")]);
  expect([accepts(token), accepts(token.slice(0, at) + twin.toString("base64url"))]).toEqual([true, false]);
});

describe.each(algorithms)("a stored key for %s", (algorithm) => {
  const stored = async (): Promise<{ stored: StoredKey; jwk: Record<string, unknown> }> => {
    const { id, jwk } = await Effect.runPromise(makeTokenKey(algorithm, systemRandom));
    const at = new Date(0);
    const facts = { purpose: "access_token", createdAt: at, activeAt: at, follows: "", secretJwk: "" } as const;
    return { stored: { id, algorithm, ...facts }, jwk: JSON.parse(jwk) };
  };
  const isRead = async (key: StoredKey, jwk: object) =>
    (await Effect.runPromiseExit(readSigningKey(key, JSON.stringify(jwk))))._tag === "Success";

  it("is read as what it is, and as nothing else", async () => {
    const { stored: key, jwk } = await stored();
    expect(await isRead(key, jwk)).toBe(true);
    for (const other of algorithms.filter((name) => name !== algorithm)) {
      expect(await isRead({ ...key, algorithm: other }, jwk), other).toBe(false);
    }
    const { d: _d, k: _k, ...publicOnly } = jwk;
    expect(await isRead(key, publicOnly)).toBe(false);
    if (algorithm === "HS512") {
      expect(await isRead(key, { ...jwk, k: String(jwk.k).slice(2) })).toBe(false);
      return;
    }
    expect(await isRead({ ...key, id: "A".repeat(43) }, jwk)).toBe(false);
    const { jwk: other } = await stored();
    const half = algorithm === "RS256" ? { n: other.n } : { x: other.x };
    expect(await isRead(key, { ...jwk, ...half })).toBe(false);
  });
});
