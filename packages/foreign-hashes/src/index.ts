/** The public door of the hashes of other systems. */
export { foreignHashes } from "./foreign-hashes.ts";
export { fromAspnetIdentity } from "./from-aspnet-identity.ts";
export { fromBetterAuth } from "./from-better-auth.ts";
export { fromDjango } from "./from-django.ts";
export { type FirebaseHashConfig, type FirebaseUser, fromFirebase } from "./from-firebase.ts";
export { fromKeycloak, type KeycloakCredential } from "./from-keycloak.ts";
export { fromLdap } from "./from-ldap.ts";
export { UnreadableRecord } from "./unreadable-record.ts";
