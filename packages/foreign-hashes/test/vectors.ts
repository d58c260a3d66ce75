import { fromAspnetIdentity, fromBetterAuth, fromDjango, fromFirebase, fromKeycloak, fromLdap } from "../src/index.ts";
import fixture from "./fixtures/vectors.json" with { type: "json" };

/** A password and its hash, as a program other than ours made it. */
export interface Vector {
  readonly name: string;
  readonly password: string;
  /** What the text to store is made of. */
  readonly stored: string;
}

const converters: Readonly<Record<string, (native: never) => string>> = {
  aspnet: fromAspnetIdentity,
  "better-auth": fromBetterAuth,
  django: fromDjango,
  firebase: ({
    config,
    user,
  }: {
    config: Parameters<typeof fromFirebase>[0];
    user: Parameters<typeof fromFirebase>[1];
  }) => fromFirebase(config, user),
  keycloak: fromKeycloak,
  ldap: fromLdap,
};

const asIs = (native: string): string => native;

/** All vectors; `madeBy` in the fixture says by what, and `from` whose records they are. */
export const vectors: readonly Vector[] = fixture.map(({ name, password, native, from }) => {
  const convert = from === undefined ? asIs : converters[from];
  if (convert === undefined) throw new Error(`No converter from ${from}.`);
  return { name, password, stored: convert(native as never) };
});

/** The vector of this name. */
export const vectorOf = (name: string): Vector => {
  const found = vectors.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`No vector '${name}'.`);
  return found;
};
