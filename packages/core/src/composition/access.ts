import type { KeyObject } from "node:crypto";
import { InvalidConfiguration } from "../errors.ts";
import { type GrantReads, makeGrantReads } from "../grant/grant-reads.ts";
import { type GrantCare, makeGrants } from "../grant/grants.ts";
import { type PermissionRules, permissionRules } from "../grant/permission-rules.ts";
import { type GroupCare, makeGroups } from "../group/groups.ts";
import { type Memberships, makeMemberships } from "../group/memberships.ts";
import type { MusterOptions } from "../options.ts";
import type { IdGenerator } from "../ports/environment.ts";
import type { ChangePorts } from "../user/change-user.ts";

/** What the options say of groups and grants, decided. */
export interface AccessSettings {
  readonly maximumDepth: number;
  readonly rules: PermissionRules;
}

/** Levels of groups: what Magistrala allows. */
const defaultDepth = 20;

/** Throws InvalidConfiguration. */
export const accessSettings = ({ groups = {}, permissions = {} }: MusterOptions<never>): AccessSettings => {
  const unknown = Object.keys(groups).find((name) => name !== "maximumDepth");
  if (unknown !== undefined) throw new InvalidConfiguration({ reason: `There is no option 'groups.${unknown}'.` });
  const { maximumDepth = defaultDepth } = groups;
  if (!Number.isSafeInteger(maximumDepth) || maximumDepth < 1 || maximumDepth > 100) {
    throw new InvalidConfiguration({
      reason: "The option 'groups.maximumDepth' must be a whole number from 1 to 100.",
    });
  }
  return { maximumDepth, rules: permissionRules(permissions) };
};

/** The use cases of `muster.groups` and `muster.grants`. */
export interface AccessCare {
  readonly groups: GroupCare & Memberships;
  readonly grants: GrantCare & GrantReads;
}

/** Wires groups and grants. */
export const makeAccess = (
  ports: ChangePorts & AccessSettings & { readonly cursorKey: KeyObject; readonly groupIds: IdGenerator },
): AccessCare => ({
  groups: { ...makeGroups(ports), ...makeMemberships(ports) },
  grants: { ...makeGrants(ports), ...makeGrantReads(ports) },
});
