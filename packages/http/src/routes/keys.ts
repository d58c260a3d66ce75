import { type Route, route } from "../route.ts";
import { reference } from "../schema/reference.ts";

const publicKeys = route({
  method: "GET",
  path: "/.well-known/jwks.json",
  operationId: "getPublicKeys",
  summary: "Get the keys that check access tokens (RFC 7517)",
  tag: "Service",
  access: "public",
  cached: true,
  success: {
    status: 200,
    description: "The key set. It may be kept as long as `Cache-Control` says: a new key stands in it before it signs.",
    schema: reference("JsonWebKeySet"),
    headers: { ETag: "Of these keys, for `If-None-Match`." },
  },
  run: async ({ muster }) => {
    const { keys, maxAgeSeconds } = await muster.publicKeys();
    // A thumbprint says what the key is.
    const tag = keys.map(({ kid }) => encodeURIComponent(kid)).join("+");
    return { json: { keys }, headers: { "Cache-Control": `public, max-age=${maxAgeSeconds}`, ETag: `"${tag}"` } };
  },
});

const listKeys = route({
  method: "GET",
  path: "/keys",
  operationId: "listKeys",
  summary: "List the keys that sign and check access tokens",
  tag: "Keys",
  access: "bearer",
  success: { status: 200, description: "In the order in which they sign.", schema: reference("KeyList") },
  run: async ({ caller }) => ({ json: { keys: await caller.keys.list() } }),
});

const rotateKeys = route({
  method: "POST",
  path: "/keys/rotate",
  operationId: "rotateKeys",
  summary: "Prepare a new key",
  description: "It is published at once and signs from `activeAt` on. While one is on its way, that one is answered.",
  tag: "Keys",
  access: "bearer",
  success: { status: 200, description: "The key that signs next.", schema: reference("Key") },
  run: async ({ caller }) => ({ json: await caller.keys.rotate() }),
});

const revokeKey = route({
  method: "DELETE",
  path: "/keys/{id}",
  operationId: "revokeKey",
  summary: "Remove a key that may have leaked",
  description: "Its tokens are refused by every process within a second; another key signs.",
  tag: "Keys",
  access: "bearer",
  success: { status: 204, description: "It is gone." },
  fails: ["KeyNotFound"],
  run: async ({ caller, path }) => {
    await caller.keys.revoke(path.id);
    return {};
  },
});

/** The keys of access tokens: the public ones for everybody, what becomes of them for admins. */
export const keyRoutes: readonly Route[] = [publicKeys, listKeys, rotateKeys, revokeKey];
