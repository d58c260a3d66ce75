import { InvalidToken, type Muster, type Operations, type Principal, Unauthenticated, type User } from "@muster/core";
import { type HttpHeaders, header } from "./message.ts";

/** The system's operations on the tenant a request is for. */
export const tenantOf = (muster: Muster, tenant: string | undefined): Operations<User, never> =>
  tenant === undefined ? muster : muster.tenant(tenant);

/**
 * Who a request speaks for, by its `Authorization: Bearer` field (RFC 6750 §2.1; the scheme in any case). Tokens
 * anywhere else are not looked at.
 *
 * Throws Unauthenticated without the field, InvalidToken when it holds anything but one valid token of this tenant.
 */
export const authenticate = async (
  muster: Muster,
  headers: HttpHeaders,
  tenant: string | undefined,
): Promise<Principal> => {
  const authorization = header(headers, "authorization");
  if (authorization === undefined) throw new Unauthenticated();
  const token = /^bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new InvalidToken();
  return tenantOf(muster, tenant).sessions.authenticate(token);
};
