import type { Row } from "./figure.ts";
import { authenticate } from "./rows/authenticate.ts";
import { betterAuth } from "./rows/better-auth.ts";
import { betterAuthHttp } from "./rows/better-auth-http.ts";
import { create } from "./rows/create.ts";
import { flood } from "./rows/flood.ts";
import { get } from "./rows/get.ts";
import { grants } from "./rows/grants.ts";
import { hashRate } from "./rows/hash-rate.ts";
import { http } from "./rows/http.ts";
import { lists } from "./rows/lists.ts";
import { loginBeyondHash } from "./rows/login-beyond-hash.ts";
import { move } from "./rows/move.ts";
import { sizes } from "./rows/sizes.ts";
import { start } from "./rows/start.ts";
import { timing } from "./rows/timing.ts";

/** Every row of the table, in its order. */
export const rows: readonly Row[] = [
  hashRate,
  loginBeyondHash,
  authenticate,
  get,
  lists,
  grants,
  sizes,
  create,
  http,
  flood,
  start,
  timing,
  move,
  betterAuth,
  betterAuthHttp,
];
