import { openApiDocument } from "./openapi.ts";
import type { Route } from "./route.ts";
import { type RouteTable, routeTable, type TableOptions } from "./route-table.ts";
import { auditRoutes } from "./routes/audit.ts";
import { grantRoutes } from "./routes/grants.ts";
import { groupRoutes } from "./routes/groups.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { keyRoutes } from "./routes/keys.ts";
import { recoveryRoutes } from "./routes/recovery.ts";
import { secondFactorRoutes } from "./routes/second-factors.ts";
import { serviceRoutes } from "./routes/service.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { userChangeRoutes } from "./routes/user-changes.ts";
import { userLifecycleRoutes } from "./routes/user-lifecycle.ts";
import { userRoutes } from "./routes/users.ts";

/** What a host decides about the native API. */
export interface MusterRoutesOptions extends TableOptions {
  /**
   * Whether `POST /users` without a token registers a user of its own. False unless given: then it answers 401. What
   * such a user may set is the policy's to say, never role, status, owner, id or private metadata.
   */
  readonly registration?: boolean;
  /** Routes that stand beside the native ones, e.g. a page for the document. */
  readonly beside?: readonly Route[];
}

/**
 * The native REST API as a table of routes: the one source of routing, of the checks of path and query, and of the
 * OpenAPI document under `/openapi.json`.
 */
export const musterRoutes = (options: MusterRoutesOptions = {}): RouteTable => {
  const routes: readonly Route[] = [
    ...userRoutes(options.registration ?? false),
    ...userChangeRoutes,
    ...userLifecycleRoutes,
    ...sessionRoutes,
    ...secondFactorRoutes,
    ...recoveryRoutes,
    ...invitationRoutes,
    ...groupRoutes,
    ...grantRoutes,
    ...auditRoutes,
    ...keyRoutes,
    ...serviceRoutes((basePath) => openApiDocument(routes, basePath)),
    ...(options.beside ?? []),
  ];
  return routeTable(routes, options);
};
