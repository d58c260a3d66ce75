import type { UserStatus } from "./user.ts";

/** What can happen to a user's status. */
export type LifecycleEvent = "enable" | "disable" | "delete" | "restore" | "purge";

/** Where an event leads: a status, or `purged`: the rows are gone. */
export type LifecycleOutcome = UserStatus | "purged";

/**
 * The whole lifecycle: status × event → outcome. A pair that is not here is refused, by the use cases and by the
 * stores' own constraints. A restored user comes back disabled: deleting and restoring must not let a shut-out user in.
 */
export const lifecycle: { readonly [Status in UserStatus]: { readonly [Event in LifecycleEvent]?: LifecycleOutcome } } =
  {
    pending: { enable: "enabled", disable: "disabled", delete: "deleted" },
    enabled: { disable: "disabled", delete: "deleted" },
    disabled: { enable: "enabled", delete: "deleted" },
    deleted: { restore: "disabled", purge: "purged" },
  };

/** Where `event` leads from `status`; `undefined` when the pair is illegal. */
export const transition = (status: UserStatus, event: LifecycleEvent): LifecycleOutcome | undefined =>
  lifecycle[status][event];

/** Every legal move between two statuses, for stores that hold the table in constraints of their own. */
export const legalMoves: readonly (readonly [from: UserStatus, to: UserStatus])[] = Object.entries(lifecycle).flatMap(
  ([from, events]) =>
    Object.values(events)
      .filter((to) => to !== "purged")
      .map((to) => [from as UserStatus, to] as const),
);
