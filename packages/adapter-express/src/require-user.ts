import { ActionRequired, lackOf, type Muster, type Principal } from "@muster/core";
import { authenticate, isUnexpected, problemResponse } from "@muster/http";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { send } from "./send.ts";

declare global {
  namespace Express {
    /** Who a request speaks for, in the shape other authentication packages extend too. */
    interface User extends Principal {}
    interface Request {
      /** Set by {@link requireUser}. */
      user?: User | undefined;
    }
  }
}

/** What a host decides about the middleware. */
export interface RequireUserOptions {
  /** The tenant a request is for; undefined for the one without a name. The same choice as the router's. */
  readonly tenant?: (request: Request) => string | undefined;
  /** The user logged in, or proved anew who they are, at most so many seconds ago. */
  readonly maxAgeSeconds?: number;
  /** By all of these methods (RFC 8176): `["mfa"]` lets in only who used two factors. */
  readonly amr?: readonly string[];
  /** Start of every problem's `type`, as in the router. */
  readonly problemDocs?: string;
  /**
   * Lets users through who have to do something first, as `req.user.requiredActions` says; false unless given. For pages on
   * which they do it.
   */
  readonly restricted?: boolean;
}

/**
 * Lets only requests with a valid `Authorization: Bearer` token through and sets `req.user` to its principal, for
 * `muster.as(req.user)`. Others are answered with a 401 problem, users who have to do something first with 403
 * (`action_required`), or with 503 when the store could not be asked. Who has to prove anew who they are is told so by the problem `insufficient_authentication` (RFC 9470), and goes to
 * `POST /sessions/current/step-up`.
 *
 * An error that is no error of Muster's goes to the host's error handler.
 */
export const requireUser = (muster: Muster, options: RequireUserOptions = {}): RequestHandler => {
  const { maxAgeSeconds, amr } = options;
  const required = {
    ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    ...(amr !== undefined && { methods: amr }),
  };
  const admit = async (request: Request): Promise<void> => {
    const principal = await authenticate(muster, request.headers, options.tenant?.(request));
    const lack = lackOf(principal, required, Date.now());
    if (lack !== undefined) throw lack;
    const { requiredActions: actions = [] } = principal;
    if (actions.length > 0 && options.restricted !== true) throw new ActionRequired({ actions });
    request.user = principal;
  };
  return (request: Request, response: Response, next: NextFunction): void => {
    admit(request).then(
      () => next(),
      (error: unknown) => {
        if (isUnexpected(error)) next(error);
        else send(response, problemResponse(error, options.problemDocs));
      },
    );
  };
};
