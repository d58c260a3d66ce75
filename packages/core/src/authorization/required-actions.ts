import type { Operation } from "./policy.ts";

/** What has to be done before anything else, by names that Muster knows how to clear; any other name is the app's own. */
export type KnownAction = "UPDATE_PASSWORD" | "UPDATE_PROFILE" | "VERIFY_EMAIL" | "CONFIGURE_TOTP" | "ACCEPT_TERMS";

/** Action → what its user may do while it is required, besides {@link always}. What is not here stays shut. */
const opens: Readonly<Record<KnownAction, readonly Operation[]>> = {
  UPDATE_PASSWORD: ["users.change_password"],
  UPDATE_PROFILE: ["users.update"],
  VERIFY_EMAIL: [
    "recovery.request_email_verification",
    // A mistyped address can be proven by nobody.
    "recovery.request_email_change",
  ],
  CONFIGURE_TOTP: ["second_factors.list", "second_factors.enrol", "sessions.step_up"],
  ACCEPT_TERMS: ["users.accept_action"],
};

/** Seeing oneself, leaving, and agreeing to what is to be agreed to. */
const always: readonly Operation[] = ["users.profile", "users.read", "users.accept_action", "sessions.logout"];

/** Whether somebody of whom these actions are required may do this, to themself; what anybody may do stays open too. */
export const opensDespite = (actions: readonly string[], operation: Operation): boolean =>
  always.includes(operation) ||
  actions.some((action) => Object.hasOwn(opens, action) && opens[action as KnownAction].includes(operation));

/** The actions without one that was just done; the same array when it was not among them. */
export const withoutAction = (actions: readonly string[], done: KnownAction): readonly string[] =>
  actions.includes(done) ? actions.filter((action) => action !== done) : actions;
