import { hash, verify } from "@node-rs/argon2";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { admin } from "better-auth/plugins/admin";
import { openFile } from "../floors/open-file.ts";

const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const options = (path: string) => ({
  database: openFile(path),
  baseURL: "http://127.0.0.1:3000",
  secret: "a secret for measuring, known to everybody",
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password: string) => hash(password, cost),
      verify: (given: { readonly hash: string; readonly password: string }) => verify(given.hash, given.password),
    },
  },
  plugins: [admin()],
  // Neither limits by time nor reports home: both would be measured instead of what is asked.
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
});

/** better-auth on a SQLite file as durable as Muster's, with the same argon2 and its plugin for admins. */
export const openBetterAuth = async (path: string) => {
  const config = options(path);
  await (await getMigrations(config)).runMigrations();
  return { auth: betterAuth(config), close: () => config.database.close() };
};

/** The cookie that a login answers, to be sent with what follows. */
export const cookieOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
