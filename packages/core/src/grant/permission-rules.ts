import { InvalidConfiguration } from "../errors.ts";
import type { PermissionTable } from "./grant.ts";

/** What the declared table says, ready to be asked. */
export interface PermissionRules {
  readonly hasType: (resourceType: string) => boolean;
  readonly has: (resourceType: string, permission: string) => boolean;
  /** A permission and all that imply it: whoever has one of these has it. Empty for what is not declared. */
  readonly impliedBy: (resourceType: string, permission: string) => readonly string[];
}

/** What resource types, permissions and ids of resources are made of. */
export const isWord = (text: string): boolean => /^[A-Za-z0-9._~:-]{1,128}$/.test(text);

/** Reads a table of permissions. Throws InvalidConfiguration for names that are none, implications of nothing, and cycles. */
export const permissionRules = (table: PermissionTable): PermissionRules => {
  const types = new Map(Object.entries(table).map(([type, permissions]) => [type, rulesOf(type, permissions)]));
  return {
    hasType: (type) => types.has(type),
    has: (type, permission) => types.get(type)?.has(permission) === true,
    impliedBy: (type, permission) => types.get(type)?.get(permission) ?? [],
  };
};

/** Permission → itself and those that imply it. */
const rulesOf = (type: string, declared: unknown): ReadonlyMap<string, readonly string[]> => {
  if (!isWord(type)) throw broken(type, "is no name of 1 to 128 of A-Z a-z 0-9 . _ ~ : -");
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) {
    throw broken(type, 'must be an object like { edit: ["view"], view: [] }');
  }
  const implied = new Map(Object.entries(declared as Readonly<Record<string, unknown>>));
  for (const [permission, others] of implied) {
    if (!isWord(permission)) throw broken(`${type}.${permission}`, "is no name of 1 to 128 of A-Z a-z 0-9 . _ ~ : -");
    if (!Array.isArray(others)) throw broken(`${type}.${permission}`, "must be an array of the permissions it implies");
    const odd: unknown = others.find((other) => !implied.has(other));
    if (odd !== undefined) throw broken(`${type}.${permission}`, `implies '${String(odd)}', which is not declared`);
  }
  const reached = (permission: string, way: readonly string[]): readonly string[] => {
    if (way.includes(permission)) throw broken(type, `goes round in a circle: ${[...way, permission].join(", ")}`);
    const others = implied.get(permission) as readonly string[];
    return [permission, ...others.flatMap((other) => reached(other, [...way, permission]))];
  };
  const reaches = [...implied.keys()].map((permission) => [permission, new Set(reached(permission, []))] as const);
  return new Map(
    reaches.map(([wanted]) => [wanted, reaches.flatMap(([giver, all]) => (all.has(wanted) ? [giver] : []))]),
  );
};

const broken = (at: string, what: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The option 'permissions.${at}' ${what}.` });
