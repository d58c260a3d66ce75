import { onTestFinished } from "vitest";
import {
  createMuster,
  isMusterError,
  type Muster,
  type MusterError,
  type MusterOptions,
  memoryStore,
  type NewUser,
  type Operations,
  type Principal,
  type User,
  type UserView,
} from "../src/index.ts";

/** An instance on an empty store, closed when the test is over. */
export const anInstance = async (options: Partial<MusterOptions> = {}): Promise<Muster> => {
  const muster = await createMuster({ store: memoryStore(), issuer: "https://app.example", ...options });
  onTestFinished(() => muster.close());
  return muster;
};

/** The error a call is refused with; a call that is not refused, or fails with no error of ours, breaks the test. */
export const refusal = async (call: Promise<unknown>): Promise<MusterError> => {
  const failure: unknown = await call.then(
    (answer) => new Error(`It was not refused, but answered ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (isMusterError(failure)) return failure;
  throw failure;
};

/** The broken rules of a refused input, as `field: rule`. */
export const brokenRules = async (call: Promise<unknown>): Promise<readonly string[]> => {
  const error = await refusal(call);
  if (error._tag !== "InvalidInput") throw error;
  return error.issues.map(({ field, rule }) => `${field}: ${rule}`);
};

/** What happened to a call: `ok`, or the tag of the error. */
export const outcome = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "ok",
    (error: unknown) => {
      if (isMusterError(error)) return error._tag;
      throw error;
    },
  );

/** Somebody logged in as a user, without a login. */
export const principalOf = ({ id, role }: Pick<User, "id" | "role">, tenant = "default"): Principal => ({
  tenant,
  userId: id,
  sessionId: "00000000-0000-7000-8000-000000000000",
  role,
  expiresAt: new Date(Date.now() + 60_000),
  authenticatedAt: new Date(),
  methods: ["pwd"],
});

export const actingAs = (muster: Muster, user: Pick<User, "id" | "role">): Operations<UserView, never> =>
  muster.as(principalOf(user));

let made = 0;

/** A new user with a username of its own. */
export const aPerson = (muster: Operations<User, never>, given: NewUser = {}): Promise<User> => {
  made += 1;
  return muster.users.create({ username: `person-${made}`, ...given });
};

export const numberOfUsers = async (muster: Muster): Promise<number> => (await muster.users.count({}, "exact")).count;

/** All events there are, newest first. */
export const events = async (muster: Muster) => (await muster.audit.list({ limit: 100 })).items;

/** A clock that stands until it is set. */
export const aClock = (at: number = Date.UTC(2026, 0, 1)) => {
  let now = at;
  return {
    now: () => now,
    set: (moment: number): void => {
      now = moment;
    },
    wait: (milliseconds: number): void => {
      now += milliseconds;
    },
  };
};

export const day = 86_400_000;
