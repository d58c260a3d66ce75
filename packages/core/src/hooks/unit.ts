import type { AccessChange } from "../ports/access-changes.ts";
import type { Stores } from "../ports/storage.ts";
import type { ChangeEvent } from "./hooks.ts";

/** What a transaction did that others are to hear of once it is committed. */
export interface Unit {
  events: ChangeEvent[];
  readonly accessChanges: AccessChange[];
}

export const emptyUnit = (): Unit => ({ events: [], accessChanges: [] });

/** The same stores, noting in a unit what is appended to the audit log and to the feed of access changes. */
export const noting = (stores: Stores, unit: Unit): Stores => {
  const { audit, accessChanges } = stores;
  return {
    ...stores,
    audit: {
      list: audit.list,
      append: (tenant, event) => {
        unit.events.push({ tenant, ...event });
        return audit.append(tenant, event);
      },
    },
    accessChanges: {
      ...accessChanges,
      append: (change, at) => {
        unit.accessChanges.push(change);
        return accessChanges.append(change, at);
      },
    },
  };
};

/** A transaction inside another one ended well: what it did is done when the outer one is. */
export const join = (outer: Unit, inner: Unit): void => {
  outer.events.push(...inner.events);
  outer.accessChanges.push(...inner.accessChanges);
};
