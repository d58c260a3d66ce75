export { type MusterRouterOptions, musterRouter } from "./muster-router.ts";
export { type RequireUserOptions, requireUser } from "./require-user.ts";
