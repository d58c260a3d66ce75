import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { openSite, password, site, tokenOf } from "./site.ts";

test("another service checks our access tokens with nothing but our public keys", async () => {
  const site = await openSite();
  try {
    const keys = createRemoteJWKSet(new URL(`${site.url}/api/.well-known/jwks.json`));
    const token = await tokenOf(site.muster, "admin");
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: "https://app.example",
      audience: "https://app.example",
      typ: "at+jwt",
    });
    const admin = await site.muster.users.findByUsername("admin");
    expect(payload.sub).toBe(admin.id);
    expect(protectedHeader.kid).toBe(decodeProtectedHeader(token).kid);
    const published = await (await fetch(`${site.url}/api/.well-known/jwks.json`)).text();
    expect(published).not.toMatch(/"d":/);
    const [head, claims] = token.split(".");
    await expect(jwtVerify(`${head}.${claims}.${"A".repeat(86)}`, keys)).rejects.toThrow();
    expect(published).not.toContain(password);
  } finally {
    await site.close();
  }
});

test("whoever has the key set is told so in few bytes, until a key is made", async () => {
  const { url, muster } = await site();
  const get = (tag?: string) =>
    fetch(`${url}/api/.well-known/jwks.json`, { headers: tag === undefined ? {} : { "If-None-Match": tag } });
  const first = await get();
  const tag = first.headers.get("etag") ?? "";
  expect(tag).toMatch(/^"[\w+-]+"$/);
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const again = await get(known);
    expect([known, again.status, await again.text()]).toEqual([known, 304, ""]);
    expect([again.headers.get("etag"), again.headers.get("cache-control")]).toEqual([tag, "public, max-age=300"]);
  }
  await muster.keys.rotate();
  const changed = await get(tag);
  expect(changed.status).toBe(200);
  expect(await changed.json()).toMatchObject({ keys: [{}, {}] });
  expect(changed.headers.get("etag")).not.toBe(tag);
});

test("nothing is published where tokens are signed under a secret", async () => {
  const { url, muster } = await site(undefined, undefined, { tokens: { algorithm: "HS512" } });
  const answer = await fetch(`${url}/api/.well-known/jwks.json`);
  expect(await answer.json()).toEqual({ keys: [] });
  const token = await tokenOf(muster, "admin");
  const me = await fetch(`${url}/api/users/me`, { headers: { Authorization: `Bearer ${token}` } });
  expect(me.status).toBe(200);
});
