import * as Effect from "effect/Effect";
import type { AuditReads } from "../audit/audit.ts";
import type { Actor, CallScope } from "../authorization/actor.ts";
import { Forbidden } from "../errors.ts";
import { invalid } from "../kernel/input.ts";
import type { Operations, Sessions, Users } from "../muster.ts";
import type { EffectOperations } from "../muster-effect.ts";
import type { Storage } from "../ports/storage.ts";
import type { Authenticator } from "../session/authenticator.ts";
import type { Login } from "../session/login.ts";
import type { Refresh } from "../session/refresh.ts";
import type { Principal } from "../session/session.ts";
import type { SessionCare } from "../session/sessions.ts";
import type { UserView } from "../user/user.ts";
import type { UserChanges } from "../user/user-changes.ts";
import type { UserQuery } from "../user/user-filter.ts";
import type { UserLifecycle } from "../user/user-lifecycle.ts";
import type { UserLists } from "../user/user-lists.ts";
import type { UserReads } from "../user/users.ts";
import type { Door } from "./door.ts";

/** All use cases, each taking the call's scope first. */
export interface UseCases {
  readonly users: UserReads & UserChanges & UserLifecycle & UserLists;
  readonly sessions: SessionCare & { readonly login: Login; readonly refresh: Refresh };
  readonly audit: AuditReads;
  readonly authenticator: Authenticator;
}

/** Runs an effect through the door, for the Promise side. */
export const run = <A, E>(door: Door, effect: Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(door.through(effect));

type Bound<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends (scope: CallScope, ...rest: infer Rest) => infer Answer
    ? (...rest: Rest) => Answer
    : never;
};

type Promised<Group> = {
  readonly [Name in keyof Group]: Group[Name] extends (
    scope: CallScope,
    ...rest: infer Rest
  ) => Effect.Effect<infer A, infer _E>
    ? (...rest: Rest) => Promise<A>
    : never;
};

type UseCaseGroup = Readonly<Record<string, (scope: CallScope, ...rest: never[]) => unknown>>;

/** The operations of a group with the scope given; `through` is what each answer is passed through. */
const bound = (group: UseCaseGroup, scope: CallScope, through: (answer: unknown) => unknown): unknown =>
  Object.fromEntries(
    Object.entries(group).map(([name, useCase]) => [name, (...rest: never[]) => through(useCase(scope, ...rest))]),
  );

type Answer = Effect.Effect<unknown, unknown>;

const effectful = <Group extends object>(group: Group, scope: CallScope, door: Door): Bound<Group> =>
  bound(group as UseCaseGroup, scope, (answer) => door.through(answer as Answer)) as Bound<Group>;

const promised = <Group extends object>(group: Group, scope: CallScope, door: Door): Promised<Group> =>
  bound(group as UseCaseGroup, scope, (answer) => run(door, answer as Answer)) as Promised<Group>;

/** The operations as Promises, for one scope. Groups are bound on first use: `as(principal)` itself costs nothing. */
export const operations = (useCases: UseCases, door: Door, scope: CallScope): Operations<UserView, never> => {
  const rebound = (change: Partial<CallScope>) => operations(useCases, door, { ...scope, ...change });
  let users: Users<UserView> | undefined;
  let sessions: Sessions | undefined;
  return {
    get users() {
      users ??= usersOf(useCases, door, scope);
      return users;
    },
    get sessions() {
      sessions ??= sessionsOf(useCases, door, scope);
      return sessions;
    },
    get audit() {
      return promised(useCases.audit, scope, door);
    },
    as: (actor) => rebound(actorScope(scope, actor)),
    within: (transaction) => rebound({ storage: within(scope.storage, transaction) }),
    tenant: (name) => rebound({ tenant: tenantFor(scope.actor, name) }),
  };
};

const usersOf = (useCases: UseCases, door: Door, scope: CallScope): Users<UserView> => {
  const users = promised(useCases.users, scope, door);
  return { ...users, stream: (query) => streamed(users.list, query) };
};

const sessionsOf = (useCases: UseCases, door: Door, scope: CallScope): Sessions => {
  const { authenticator } = useCases;
  return {
    ...promised(useCases.sessions, scope, door),
    authenticate: (token) => {
      const known = door.isOpen() ? authenticator.recall(scope.tenant, token) : undefined;
      return known === undefined ? run(door, authenticator.authenticate(scope.tenant, token)) : Promise.resolve(known);
    },
  };
};

/** Rows fetched at a time by a stream. */
const streamPage = 100;

const streamed = async function* (
  list: Users<UserView>["list"],
  query: Pick<UserQuery, "filter" | "sort"> = {},
): AsyncGenerator<UserView> {
  let page = await list({ ...query, limit: streamPage });
  while (true) {
    yield* page.items;
    if (page.nextCursor === null) return;
    page = await list({ ...query, limit: streamPage, cursor: page.nextCursor });
  }
};

/** The operations as Effects with their exact errors, for one scope. */
export const effectOperations = (
  useCases: UseCases,
  door: Door,
  scope: CallScope,
): EffectOperations<UserView, never> => {
  const { authenticator } = useCases;
  const rebound = (change: Partial<CallScope>) => effectOperations(useCases, door, { ...scope, ...change });
  return {
    users: effectful(useCases.users, scope, door),
    sessions: {
      ...effectful(useCases.sessions, scope, door),
      authenticate: (token) =>
        Effect.suspend(() => {
          const known = door.isOpen() ? authenticator.recall(scope.tenant, token) : undefined;
          return known === undefined
            ? door.through(authenticator.authenticate(scope.tenant, token))
            : Effect.succeed(known);
        }),
    },
    audit: effectful(useCases.audit, scope, door),
    as: (actor) => rebound(actorScope(scope, actor)),
    within: (transaction) => rebound({ storage: within(scope.storage, transaction) }),
    tenant: (name) => rebound({ tenant: tenantFor(scope.actor, name) }),
  };
};

const actorScope = (scope: CallScope, actor: Principal | "anonymous"): { actor: Actor; tenant: string } =>
  actor === "anonymous"
    ? { actor: { kind: "anonymous" }, tenant: scope.tenant }
    : { actor: { kind: "user", principal: actor }, tenant: actor.tenant };

/** The type of the host's transaction is known where the instance is made; in here it is passed on unseen. */
const within = (storage: Storage, transaction: unknown): Storage => storage.within(transaction as never);

/** A principal stands for a user of one tenant: in another it would carry its role to where nobody gave it. */
const tenantFor = (actor: Actor, name: string): string => {
  const tenant = tenantName(name);
  if (actor.kind === "user" && actor.principal.tenant !== tenant) throw new Forbidden({ operation: "tenant" });
  return tenant;
};

/** Names appear in tokens and as part of every key. */
const tenantName = (name: string): string => {
  if (typeof name === "string" && /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name)) return name;
  throw invalid("tenant", "tenant", "must be 1 to 64 of a-z 0-9 . _ - and begin and end with a letter or digit");
};
