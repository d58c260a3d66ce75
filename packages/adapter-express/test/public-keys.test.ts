import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { openSite, password, tokenOf } from "./site.ts";

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
