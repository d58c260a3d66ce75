import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { expect, it } from "vitest";
import attacks from "../fixtures/jwt.json" with { type: "json" };
import { encode, type Installation, makeInstallation, payload } from "./installation.ts";

const attacker = generateKeyPairSync("ed25519");

/** Ways to sign without the private key; `accepts` throws if one of them makes the signer look into its store. */
const forgeries: { readonly [name: string]: (signed: string, publicKey: KeyObject) => string } = {
  "no signature": () => "",
  "the public key's PEM as an HMAC key": (signed, publicKey) =>
    createHmac("sha256", publicKey.export({ type: "spki", format: "pem" }))
      .update(signed)
      .digest("base64url"),
  "the public JWK as an HMAC key": (signed, publicKey) =>
    createHmac("sha256", JSON.stringify(publicKey.export({ format: "jwk" })))
      .update(signed)
      .digest("base64url"),
  "an attacker's key": (signed) => sign(null, Buffer.from(signed), attacker.privateKey).toString("base64url"),
};

/** Each header as it stands, and with the right `kid` and `typ` where it names none. */
const headersFor = (kid: string): readonly string[] =>
  attacks.headers.flatMap((header) =>
    [header, { kid, typ: "at+jwt", ...header }].map((variant) =>
      JSON.stringify(variant).replace("(attacker)", String(attacker.publicKey.export({ format: "jwk" }).x)),
    ),
  );

it.each(Object.keys(forgeries))("refuses every strange header and the right one under %s", async (name) => {
  const { accepts, key, privateKey } = await makeInstallation();
  const publicKey = createPublicKey(privateKey);
  const right = JSON.stringify({ alg: "EdDSA", kid: key.id, typ: "at+jwt" });
  const texts = [...headersFor(key.id), right].map((header) => {
    const signed = `${encode(header)}.${encode(JSON.stringify(payload))}`;
    return `${signed}.${forgeries[name]?.(signed, publicKey)}`;
  });
  expect(texts).toHaveLength(attacks.headers.length * 2 + 1);
  expect(texts.filter((text) => accepts(text))).toEqual([]);
});

it("refuses every strange header even under the right signature", async () => {
  const { accepts, key, signText } = await makeInstallation();
  const right = { alg: "EdDSA", kid: key.id, typ: "at+jwt" };
  expect(accepts(signText(JSON.stringify(right), JSON.stringify(payload)))).toBe(true);
  const respelled = [
    JSON.stringify(right, null, 1),
    JSON.stringify(right).replace("{", '{"alg":"none",'),
    JSON.stringify(right).replace("alg", "\\u0061lg"),
    JSON.stringify({ ...right, alg: "Ed25519" }),
    JSON.stringify([right]),
    "{",
    "null",
  ];
  const headers = [...headersFor(key.id), ...respelled];
  expect(headers.filter((header) => accepts(signText(header, JSON.stringify(payload))))).toEqual([]);
});

/** The payload of a token with some claims replaced, `drop` and `(generate: 1e400)` having the meaning they name. */
const payloadWith = (change: object): string => {
  const replaced = Object.entries({ ...payload, ...change }).filter(([, value]) => value !== "drop");
  return JSON.stringify(Object.fromEntries(replaced)).replace('"(generate: 1e400)"', "1e400");
};

it("refuses every strange claim under the right signature", async () => {
  const { accepts, key, signText } = await makeInstallation();
  const header = JSON.stringify({ alg: "EdDSA", kid: key.id, typ: "at+jwt" });
  const { iat, exp } = payload;
  const missing = Object.keys(payload).map((claim) => ({ [claim]: "drop" }));
  const names = ["tenant", "sub", "sid", "jti"].flatMap((claim) =>
    ["", null, 7, ["a"], "a".repeat(256)].map((value) => ({ [claim]: value })),
  );
  const lives = [{ exp: exp + 1 }, { exp: iat }, { iat: iat + 6 }, { iat: iat + 5, exp: iat + 5 }];
  const fractions = [{ iat: iat + 0.5 }, { exp: exp - 0.5 }];
  // Names without a meaning of their own may be claims that the host adds.
  const meant = attacks.claims.filter((change) => !("role" in change));
  const changes: readonly object[] = [...meant, ...missing, ...names, ...lives, ...fractions];
  expect(accepts(signText(header, payloadWith({})))).toBe(true);
  expect(changes.filter((change) => accepts(signText(header, payloadWith(change))))).toEqual([]);
  const right = JSON.stringify(payload);
  const respelled = [` ${right}`, right.replace("{", '{"exp":1,'), right.replace("{", '{"__proto__":1,'), "[]", "x"];
  expect(respelled.filter((body) => accepts(signText(header, body)))).toEqual([]);
});

/** What the values in round brackets stand for. */
const generated: { readonly [value: string]: (token: string) => readonly string[] } = {
  " t": (token) => [` ${token}`],
  "t ": (token) => [`${token} `],
  "t\n": (token) => [`${token}\n`, `${token}\r\n`, `${token}\u0000`],
  "(valid token with one space inside the signature)": (token) => [`${token.slice(0, -9)} ${token.slice(-9)}`],
  "(valid token with = padding added)": (token) => [`${token}=`, `${token}==`, token.replaceAll(".", "=.")],
  "(valid token with + or / for - or _)": (token) => [token.replaceAll("-", "+").replaceAll("_", "/")],
  "(valid token with non-zero spare bits in the last base64url character)": spareBits,
  "(valid token, last part empty)": (token) => [token.slice(0, token.lastIndexOf(".") + 1)],
  "(valid token twice with a comma)": (token) => [`${token},${token}`],
  "Bearer Bearer t": (token) => [`Bearer Bearer ${token}`, `Bearer ${token}`],
  "(8193 bytes)": (token) => [padded(token, 8_193)],
  "(1 MiB)": (token) => [padded(token, 1_048_576)],
};

function spareBits(token: string): readonly string[] {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = alphabet.indexOf(token.at(-1) ?? "");
  return [1, 2, 4, 8, 15].map((bits) => token.slice(0, -1) + alphabet.charAt(last | bits));
}

function padded(token: string, length: number): string {
  const [header, body, signature] = token.split(".");
  return `${header}.${body}${"A".repeat(length - token.length)}.${signature}`;
}

/** A token that holds `-` or `_`, so that spelling them otherwise changes it. */
const tokenWithBothAlphabets = ({ key, signText }: Installation): string => {
  for (let round = 0; ; round++) {
    const header = JSON.stringify({ alg: "EdDSA", kid: key.id, typ: "at+jwt" });
    const token = signText(header, JSON.stringify({ ...payload, jti: `round ${round}` }));
    if (/[-_]/.test(token)) return token;
  }
};

it("refuses every other spelling of a right token", async () => {
  const installation = await makeInstallation();
  const token = tokenWithBothAlphabets(installation);
  expect(installation.accepts(token)).toBe(true);
  const texts = attacks.shapes.flatMap((shape) => generated[shape]?.(token) ?? [shape]);
  expect(texts.filter((text) => text.startsWith("("))).toEqual([]);
  expect(texts.filter((text) => installation.accepts(text))).toEqual([]);
});

it("refuses a token beyond the size limit within a millisecond, though its signature is right", async () => {
  const { accepts, key, signText } = await makeInstallation();
  const header = JSON.stringify({ alg: "EdDSA", kid: key.id, typ: "at+jwt" });
  const huge = signText(header, JSON.stringify({ ...payload, jti: "j".repeat(1_048_576) }));
  const durations = Array.from({ length: 20 }, () => {
    const start = performance.now();
    expect(accepts(huge)).toBe(false);
    return performance.now() - start;
  });
  expect(Math.min(...durations)).toBeLessThan(1);
});

it("refuses what is no text at all", async () => {
  const { accepts, token } = await makeInstallation();
  const values: readonly unknown[] = [undefined, null, 7, {}, [token], Buffer.from(token), new String(token)];
  expect(values.filter((value) => accepts(value as string))).toEqual([]);
});
