import { isDeepStrictEqual } from "node:util";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { AuditEventType } from "../audit/audit-event.ts";
import { auditActor, type CallScope } from "../authorization/actor.ts";
import { type Operation, require } from "../authorization/policy.ts";
import { GroupNotFound, InvalidConfiguration, type StoreUnavailable, VersionMismatch } from "../errors.ts";
import type { IdGenerator } from "../ports/environment.ts";
import type { Stores } from "../ports/storage.ts";
import type { ChangePorts } from "../user/change-user.ts";
import type { IfVersion } from "../user/user.ts";
import { decodeIfVersion } from "../user/user-input.ts";
import type { Group, GroupPatch, GroupStatus, NewGroup } from "./group.ts";
import type {
  ChangeGroupError,
  CreateGroupError,
  DeleteGroupError,
  FindGroupError,
  MoveGroupError,
} from "./group-errors.ts";
import { decodeGroupId, decodeGroupPatch, decodeNewGroup, decodeParentId } from "./group-input.ts";

export interface GroupsPorts extends ChangePorts {
  /** Makes the ids of groups whose creator names none. */
  readonly groupIds: IdGenerator;
  /** Levels of groups below each other. */
  readonly maximumDepth: number;
}

/** Groups come, change and go. */
export interface GroupCare {
  readonly create: (scope: CallScope, group: NewGroup) => Effect.Effect<Group, CreateGroupError>;
  readonly get: (scope: CallScope, id: string) => Effect.Effect<Group, FindGroupError>;
  readonly listAncestors: (scope: CallScope, id: string) => Effect.Effect<readonly Group[], FindGroupError>;
  readonly update: (
    scope: CallScope,
    id: string,
    patch: GroupPatch,
    ifVersion?: IfVersion,
  ) => Effect.Effect<Group, ChangeGroupError>;
  readonly move: (
    scope: CallScope,
    id: string,
    parentId: string | null,
    ifVersion?: IfVersion,
  ) => Effect.Effect<Group, MoveGroupError>;
  readonly enable: (scope: CallScope, id: string, ifVersion?: IfVersion) => Effect.Effect<Group, ChangeGroupError>;
  readonly disable: (scope: CallScope, id: string, ifVersion?: IfVersion) => Effect.Effect<Group, ChangeGroupError>;
  readonly delete: (scope: CallScope, id: string, ifVersion?: IfVersion) => Effect.Effect<void, DeleteGroupError>;
}

export const makeGroups = ({ clock, ids, groupIds, maximumDepth }: GroupsPorts): GroupCare => {
  const told = (
    { audit }: Stores,
    { tenant, actor }: CallScope,
    type: AuditEventType,
    id: string,
    at: Date,
    changes: readonly string[],
  ) =>
    audit.append(tenant, {
      id: ids.next(),
      at,
      type,
      actor: auditActor(actor),
      userId: id,
      sessionId: null,
      changes,
    });

  /** Find → version → apply → write → audit, as one transaction; what changes nothing writes nothing. */
  const change = Effect.fnUntraced(function* <E>(
    scope: CallScope,
    id: string,
    ifVersion: IfVersion,
    type: AuditEventType,
    fields: Partial<Group>,
    write: (stores: Stores, before: Group, after: Group) => Effect.Effect<boolean, E>,
  ) {
    yield* decodeGroupId(id, "id");
    const expected = (yield* decodeIfVersion(ifVersion)).version;
    const at = new Date(clock.now());
    return yield* scope.storage.transact((stores) =>
      Effect.gen(function* () {
        const before = yield* expectedGroup(stores, scope.tenant, id, expected);
        const changes = (Object.keys(fields) as (keyof Group)[]).filter(
          (key) => !isDeepStrictEqual(before[key], fields[key]),
        );
        if (changes.length === 0) return before;
        const after: Group = { ...before, ...fields, updatedAt: at, version: before.version + 1 };
        if (!(yield* write(stores, before, after))) {
          const { version } = yield* existingGroup(stores, scope.tenant, id);
          return yield* new VersionMismatch({ expected: before.version, current: version });
        }
        yield* told(stores, scope, type, id, at, changes);
        return after;
      }),
    );
  });

  const written = (scope: CallScope) => (stores: Stores, before: Group, after: Group) =>
    stores.groups.update(scope.tenant, before, after);

  const turn = (operation: Operation, status: GroupStatus): GroupCare["enable"] =>
    Effect.fn(`Groups.${status}`)(function* (scope, id, ifVersion = {}) {
      yield* require(scope.actor, operation);
      return yield* change(scope, id, ifVersion, `group.${status}`, { status }, written(scope));
    });

  return {
    create: Effect.fn("Groups.create")(function* (scope, input) {
      yield* require(scope.actor, "groups.create");
      const given = yield* decodeNewGroup(input);
      const group: Group = {
        id: given.id ?? (yield* madeId(groupIds)),
        name: given.name,
        description: given.description ?? null,
        parentId: given.parentId ?? null,
        metadata: given.metadata ?? {},
        status: "enabled",
        createdAt: new Date(clock.now()),
        updatedAt: null,
        version: 1,
      };
      yield* scope.storage.transact((stores) =>
        Effect.andThen(
          stores.groups.insert(scope.tenant, group, maximumDepth),
          told(stores, scope, "group.created", group.id, group.createdAt, []),
        ),
      );
      return group;
    }),

    get: Effect.fnUntraced(function* (scope, id) {
      yield* require(scope.actor, "groups.read");
      yield* decodeGroupId(id, "id");
      return yield* existingGroup(scope.storage, scope.tenant, id);
    }),

    listAncestors: Effect.fnUntraced(function* (scope, id) {
      yield* require(scope.actor, "groups.read");
      yield* decodeGroupId(id, "id");
      yield* existingGroup(scope.storage, scope.tenant, id);
      return yield* scope.storage.groups.listAncestors(scope.tenant, id);
    }),

    update: Effect.fn("Groups.update")(function* (scope, id, patch, ifVersion = {}) {
      yield* require(scope.actor, "groups.update");
      const fields = yield* decodeGroupPatch(patch);
      return yield* change(scope, id, ifVersion, "group.updated", fields, written(scope));
    }),

    move: Effect.fn("Groups.move")(function* (scope, id, parentId, ifVersion = {}) {
      yield* require(scope.actor, "groups.move");
      const fields = { parentId: yield* decodeParentId(parentId, "parentId") };
      return yield* change(scope, id, ifVersion, "group.moved", fields, (stores, before, after) =>
        stores.groups.move(scope.tenant, before, after, maximumDepth),
      );
    }),

    enable: turn("groups.enable", "enabled"),
    disable: turn("groups.disable", "disabled"),

    delete: Effect.fn("Groups.delete")(function* (scope, id, ifVersion = {}) {
      yield* require(scope.actor, "groups.delete");
      yield* decodeGroupId(id, "id");
      const expected = (yield* decodeIfVersion(ifVersion)).version;
      const at = new Date(clock.now());
      yield* scope.storage.transact((stores) =>
        Effect.gen(function* () {
          yield* expectedGroup(stores, scope.tenant, id, expected);
          yield* stores.groups.remove(scope.tenant, id, at);
          yield* told(stores, scope, "group.deleted", id, at, []);
        }),
      );
    }),
  };
};

const madeId = Effect.fnUntraced(function* (groupIds: IdGenerator) {
  return yield* Effect.mapError(
    decodeGroupId(groupIds.next(), "id"),
    ({ message }) => new InvalidConfiguration({ reason: `The port idGenerator made an id that is none. ${message}` }),
  );
});

/** The group with this id, or GroupNotFound. */
export const existingGroup = (
  { groups }: Pick<Stores, "groups">,
  tenant: string,
  id: string,
): Effect.Effect<Group, GroupNotFound | StoreUnavailable> =>
  Effect.flatMap(
    groups.find(tenant, id),
    Option.match({ onNone: () => Effect.fail(new GroupNotFound()), onSome: (group) => Effect.succeed(group) }),
  );

const expectedGroup = Effect.fnUntraced(function* (
  stores: Stores,
  tenant: string,
  id: string,
  expected: number | undefined,
) {
  const group = yield* existingGroup(stores, tenant, id);
  if (expected !== undefined && expected !== group.version) {
    return yield* new VersionMismatch({ expected, current: group.version });
  }
  return group;
});
