import { existsSync, readFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import { encode, makeInstallation, openKeyStore, signerOf } from "./installation.ts";

/** Project Wycheproof's JOSE vectors, read when a copy lies beside the repository; its shapes are below in any case. */
const folder = new URL("../../../../../shared/data/wycheproof/", import.meta.url);

interface Group {
  readonly private?: object;
  readonly public?: object;
  readonly tests: readonly { readonly jws?: unknown; readonly jwe?: unknown }[];
}

const groupsOf = (name: string): readonly Group[] => {
  const file = new URL(`json_web_${name}_test.json`, folder);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).testGroups : [];
};

const groups = ["signature", "key", "crypto", "encryption"].flatMap(groupsOf);

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const signature = "A".repeat(86);
const compact = (header: object, parts = `${encode("{}")}.${signature}`) =>
  `${encode(JSON.stringify(header))}.${parts}`;
const ownTexts = [
  compact({ alg: "HS256" }),
  compact({ alg: "none" }, `${encode("{}")}.`),
  compact({ alg: "ES256", kid: "k" }),
  compact({ alg: "RS256", jwk: { kty: "RSA", n: "AQAB", e: "AQ" } }),
  compact({ alg: "A256KW", enc: "A256GCM" }, "AAAA.AAAA.AAAA.AAAA"),
  compact({ alg: "dir", enc: "A256GCM", zip: "DEF" }, ".AAAA.AAAA.AAAA"),
  JSON.stringify({ payload: encode("{}"), protected: encode('{"alg":"EdDSA"}'), signature }),
  JSON.stringify({ payload: encode("{}"), signatures: [{ protected: encode('{"alg":"none"}'), signature: "" }] }),
  JSON.stringify({ protected: encode('{"alg":"dir"}'), iv: "", ciphertext: "", tag: "" }),
  `${encode('{"alg":"EdDSA"}')}..${signature}`,
  `.${encode("{}")}.${signature}`,
];

it("refuses every JWS and JWE of other algorithms, keys and serialisations", async () => {
  const { accepts, token } = await makeInstallation();
  const texts = groups.flatMap((group) => group.tests.map((test) => asText(test.jws ?? test.jwe)));
  expect([...ownTexts, ...texts].filter((text) => accepts(text))).toEqual([]);
  expect(accepts(token)).toBe(true);
});

it("does not start with a stored key that is no Ed25519 key pair under its own thumbprint", async () => {
  const { key } = await makeInstallation();
  const right = JSON.parse(key.secretJwk);
  const otherKey = (await makeInstallation()).key;
  const other = JSON.parse(otherKey.secretJwk);
  const { d: _, ...publicOnly } = right;
  const ownKeys = [
    publicOnly,
    { ...right, crv: "X25519" },
    { ...right, kty: "EC" },
    { ...right, x: other.x },
    { ...right, d: "AAAA" },
    other,
    { kty: "oct", k: "A".repeat(43) },
    { kty: "RSA", n: "AQAB", e: "AQ", d: "AQ" },
    {},
    [],
  ];
  const start = async (jwk: object, id = key.id) => {
    const keys = await openKeyStore();
    await Effect.runPromise(keys.insert({ ...key, id, secretJwk: JSON.stringify(jwk) }));
    const { options } = await makeInstallation();
    return (await Effect.runPromiseExit(signerOf({ ...options, keys })))._tag;
  };
  const wycheproof = groups.flatMap((group) => [group.private, group.public]).filter((jwk) => jwk !== undefined);
  for (const jwk of [...ownKeys, ...wycheproof]) expect([jwk, await start(jwk)]).toEqual([jwk, "Failure"]);
  expect(await start({ ...right, x: other.x }, otherKey.id)).toBe("Failure");
  expect(await start({ ...right, d: other.d })).toBe("Failure");
  expect(await start(right)).toBe("Success");
});
