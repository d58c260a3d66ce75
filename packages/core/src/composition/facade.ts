import * as Effect from "effect/Effect";
import type { AuditReads } from "../audit/audit.ts";
import type { CallScope } from "../authorization/actor.ts";
import type { CredentialCare } from "../credentials/credentials.ts";
import { Forbidden } from "../errors.ts";
import type { Commits } from "../hooks/commits.ts";
import type { InvitationAnswers } from "../invitation/accept-invitation.ts";
import type { Invitations } from "../invitation/invitation.ts";
import type { InvitationCare } from "../invitation/invitations.ts";
import { invalid } from "../kernel/input.ts";
import type { Keys } from "../keyring/key-view.ts";
import type { KeyCare } from "../keyring/keys.ts";
import type { Audit, Credentials, Operations, Recovery, Users } from "../muster.ts";
import type { EffectGrants, EffectGroups, Grants, Groups } from "../muster-access.ts";
import type {
  EffectInvitations,
  EffectKeys,
  EffectOperations,
  EffectRecovery,
  EffectSecondFactors,
  EffectSessions,
  EffectUsers,
} from "../muster-effect.ts";
import type { SecondFactorOperations } from "../second-factor/second-factor-operations.ts";
import type { SecondFactorCare } from "../second-factor/second-factors.ts";
import type { Authenticator } from "../session/authenticator.ts";
import type { CompleteLogin } from "../session/complete-login.ts";
import type { Login } from "../session/login.ts";
import type { Refresh } from "../session/refresh.ts";
import type { Principal } from "../session/session.ts";
import type { Sessions } from "../session/session-operations.ts";
import type { SessionCare } from "../session/sessions.ts";
import type { StepUp } from "../session/step-up.ts";
import type { Unlock } from "../throttling/unlock.ts";
import type { RequiredActions } from "../user/required-actions.ts";
import type { UserView } from "../user/user.ts";
import type { UserChanges } from "../user/user-changes.ts";
import type { UserQuery } from "../user/user-filter.ts";
import type { UserLifecycle } from "../user/user-lifecycle.ts";
import type { UserLists } from "../user/user-lists.ts";
import type { UserReads } from "../user/users.ts";
import type { AccessCare } from "./access.ts";
import { groupBinder, type ScopedGroup } from "./bind-group.ts";
import type { Door } from "./door.ts";
import { makeHostTransactions } from "./host-transactions.ts";
import type { Recovery as RecoveryCare } from "./recovery.ts";

/** All use cases, each taking the call's scope first. */
export interface UseCases extends AccessCare {
  readonly users: UserReads & UserChanges & RequiredActions & UserLifecycle & Unlock & UserLists;
  readonly sessions: SessionCare & {
    readonly login: Login;
    readonly completeLogin: CompleteLogin;
    readonly stepUp: StepUp;
    readonly refresh: Refresh;
  };
  readonly secondFactors: SecondFactorCare;
  readonly recovery: RecoveryCare;
  readonly invitations: InvitationCare & InvitationAnswers;
  readonly credentials: CredentialCare;
  readonly audit: AuditReads;
  readonly keys: KeyCare;
  readonly authenticator: Authenticator;
}

/** Runs an effect through the door, for the Promise side. */
export const run = <A, E>(door: Door, effect: Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(door.through(effect));

/** The same operations for any scope, as Promises and as Effects. */
export interface Facade {
  readonly operations: (scope: CallScope) => Operations<UserView, never>;
  readonly effectOperations: (scope: CallScope) => EffectOperations<UserView, never>;
}

type Answer = Effect.Effect<unknown, unknown>;

/** Makes the facade of an instance. `as`, `within` and `tenant` change the scope and bind nothing else. */
export const makeFacade = (useCases: UseCases, commits: Commits, door: Door): Facade => {
  const {
    users,
    sessions,
    secondFactors,
    recovery,
    invitations,
    credentials,
    audit,
    groups,
    grants,
    keys,
    authenticator,
  } = useCases;
  const { joining, run: runHost } = makeHostTransactions(commits, door);
  const promised = (group: object): ScopedGroup => mapped(group, (answer) => run(door, answer));
  const effectful = (group: object): ScopedGroup => mapped(group, (answer) => door.through(answer));
  const recall = (scope: CallScope, token: string): Principal | undefined =>
    door.isOpen() ? authenticator.recall(scope.tenant, token) : undefined;

  const promises = {
    users: groupBinder<Users<UserView>>({
      ...promised(users),
      stream: (scope: CallScope, query?: Pick<UserQuery, "filter" | "sort">) =>
        streamed((page) => run(door, users.list(scope, page)), query),
    }),
    sessions: groupBinder<Sessions>({
      ...promised(sessions),
      authenticate: (scope: CallScope, token: string) => {
        const known = recall(scope, token);
        return known === undefined
          ? run(door, authenticator.authenticate(scope.tenant, token))
          : Promise.resolve(known);
      },
    }),
    secondFactors: groupBinder<SecondFactorOperations>(promised(secondFactors)),
    recovery: groupBinder<Recovery>(promised(recovery)),
    invitations: groupBinder<Invitations>(promised(invitations)),
    credentials: groupBinder<Credentials>(promised(credentials)),
    audit: groupBinder<Audit>(promised(audit)),
    groups: groupBinder<Groups<UserView>>(promised(groups)),
    grants: groupBinder<Grants>(promised(grants)),
    keys: groupBinder<Keys>(promised(keys)),
  };
  const effects = {
    users: groupBinder<EffectUsers<UserView>>(effectful(users)),
    sessions: groupBinder<EffectSessions>({
      ...effectful(sessions),
      authenticate: (scope: CallScope, token: string) =>
        Effect.suspend(() => {
          const known = recall(scope, token);
          return known === undefined
            ? door.through(authenticator.authenticate(scope.tenant, token))
            : Effect.succeed(known);
        }),
    }),
    secondFactors: groupBinder<EffectSecondFactors>(effectful(secondFactors)),
    recovery: groupBinder<EffectRecovery>(effectful(recovery)),
    invitations: groupBinder<EffectInvitations>(effectful(invitations)),
    credentials: groupBinder<EffectOperations<UserView, never>["credentials"]>(effectful(credentials)),
    audit: groupBinder<EffectOperations<UserView, never>["audit"]>(effectful(audit)),
    groups: groupBinder<EffectGroups<UserView>>(effectful(groups)),
    grants: groupBinder<EffectGrants>(effectful(grants)),
    keys: groupBinder<EffectKeys>(effectful(keys)),
  };

  const operations: Facade["operations"] = (scope) => ({
    get users() {
      return promises.users(scope);
    },
    get sessions() {
      return promises.sessions(scope);
    },
    get secondFactors() {
      return promises.secondFactors(scope);
    },
    get recovery() {
      return promises.recovery(scope);
    },
    get invitations() {
      return promises.invitations(scope);
    },
    get credentials() {
      return promises.credentials(scope);
    },
    get audit() {
      return promises.audit(scope);
    },
    get groups() {
      return promises.groups(scope);
    },
    get grants() {
      return promises.grants(scope);
    },
    get keys() {
      return promises.keys(scope);
    },
    as: (actor) => operations(actingAs(scope, actor)),
    within: (transaction) => operations(joining(scope, transaction)),
    transaction: (begin, body) => runHost(scope, begin, (transaction, joined) => body(transaction, operations(joined))),
    tenant: (name) => operations(inTenant(scope, name)),
  });
  const effectOperations: Facade["effectOperations"] = (scope) => ({
    get users() {
      return effects.users(scope);
    },
    get sessions() {
      return effects.sessions(scope);
    },
    get secondFactors() {
      return effects.secondFactors(scope);
    },
    get recovery() {
      return effects.recovery(scope);
    },
    get invitations() {
      return effects.invitations(scope);
    },
    get credentials() {
      return effects.credentials(scope);
    },
    get audit() {
      return effects.audit(scope);
    },
    get groups() {
      return effects.groups(scope);
    },
    get grants() {
      return effects.grants(scope);
    },
    get keys() {
      return effects.keys(scope);
    },
    as: (actor) => effectOperations(actingAs(scope, actor)),
    within: (transaction) => effectOperations(joining(scope, transaction)),
    tenant: (name) => effectOperations(inTenant(scope, name)),
  });
  return { operations, effectOperations };
};

/** A group of use cases whose answers are passed through something. */
const mapped = (group: object, through: (answer: Answer) => unknown): ScopedGroup =>
  Object.fromEntries(
    Object.entries(group as Readonly<Record<string, (scope: CallScope, ...rest: never[]) => Answer>>).map(
      ([name, useCase]) => [name, (scope: CallScope, ...rest: never[]) => through(useCase(scope, ...rest))],
    ),
  );

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

const actingAs = (scope: CallScope, actor: Principal | "anonymous"): CallScope =>
  actor === "anonymous"
    ? { ...scope, actor: { kind: "anonymous" } }
    : { ...scope, actor: { kind: "user", principal: actor }, tenant: actor.tenant };

/** A principal stands for a user of one tenant: in another it would carry its role to where nobody gave it. */
const inTenant = (scope: CallScope, name: string): CallScope => {
  const { actor } = scope;
  const tenant = tenantName(name);
  if (actor.kind === "user" && actor.principal.tenant !== tenant) throw new Forbidden({ operation: "tenant" });
  return { ...scope, tenant };
};

/** Names appear in tokens and as part of every key. */
const tenantName = (name: string): string => {
  if (typeof name === "string" && /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name)) return name;
  throw invalid("tenant", "tenant", "must be 1 to 64 of a-z 0-9 . _ - and begin and end with a letter or digit");
};
