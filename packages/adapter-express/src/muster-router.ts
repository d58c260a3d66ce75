import type { Muster } from "@muster/core";
import { handle, type MusterRoutesOptions, musterRoutes } from "@muster/http";
import { type NextFunction, type Request, type Response, Router } from "express";
import { docsRoutes } from "./docs.ts";
import { toHttpRequest } from "./express-request.ts";
import { send } from "./send.ts";

/** What a host decides about the router. */
export interface MusterRouterOptions extends MusterRoutesOptions {
  /**
   * Whether a path that is none of Muster's goes on to the host's next route. False unless given: a misspelt path below
   * the router's own mount is better answered by a problem document than by whatever the host does last. Set it when the
   * router is mounted at the root, before routes of the host. A known path with a wrong method is answered 405 either way.
   */
  readonly fallthrough?: boolean;
  /**
   * Whether `GET /docs` serves a page to read and try the API. True unless given. Needs the package `swagger-ui-dist`;
   * without it the page answers 404 and says so.
   */
  readonly docs?: boolean;
  /** The tenant a request is for; undefined for the one without a name. */
  readonly tenant?: (request: Request) => string | undefined;
}

/**
 * Serves Muster's REST API from an Express 5 router, mounted at any path: `app.use("/api", musterRouter(muster))`.
 *
 * Works with or without a body parser of the host before it: what `express.json()`, `raw()` or `text()` left in
 * `req.body` is used, otherwise the router reads the body itself, within `bodyLimitBytes`. What a parser of the host
 * refuses is answered by the host's error handler: the router never sees it. Client addresses obey the
 * app's `trust proxy`. Every error is answered here as a problem document; none reaches the host's error handler. Errors
 * of status 500 go to `onUnexpectedError`, to `console.error` unless given.
 */
export const musterRouter = (muster: Muster, options: MusterRouterOptions = {}): Router => {
  const { fallthrough = false, docs = true, tenant, ...rest } = options;
  const beside = [...(docs ? docsRoutes() : []), ...(rest.beside ?? [])];
  const table = musterRoutes({ onUnexpectedError: (error) => console.error(error), ...rest, beside });
  const router = Router();
  router.use((request: Request, response: Response, next: NextFunction): void => {
    if (fallthrough && table.match(request.path) === undefined) {
      next();
      return;
    }
    handle(muster, table, toHttpRequest(request, tenant))
      .then((answered) => send(response, answered))
      .catch(next);
  });
  return router;
};
