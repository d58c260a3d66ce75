import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  GroupCycle,
  GroupIdTaken,
  GroupNotFound,
  GroupTooDeep,
  InvalidConfiguration,
  InvalidInput,
  StoreUnavailable,
  Unauthenticated,
  UserNotFound,
  VersionMismatch,
} from "../errors.ts";

type Refused = InvalidInput | Unauthenticated | Forbidden | ActionRequired;
type Unavailable = StoreUnavailable | Closed;

/** How `groups.get`, `listAncestors` and `listMembers` may fail. */
export type FindGroupError = Refused | GroupNotFound | Unavailable;
/** How `groups.list` may fail. */
export type ListGroupsError = Refused | Unavailable;
/** How `groups.listOfUser` may fail. */
export type ListGroupsOfUserError = Refused | UserNotFound | Unavailable;
/** How `groups.create` may fail; GroupNotFound is the parent, InvalidConfiguration an id that `idGenerator` should not have made. */
export type CreateGroupError =
  | Refused
  | GroupIdTaken
  | GroupNotFound
  | GroupTooDeep
  | ChangeRefused
  | InvalidConfiguration
  | Unavailable;
/** How `groups.update`, `enable` and `disable` may fail. */
export type ChangeGroupError = FindGroupError | VersionMismatch | ChangeRefused;
/** How `groups.move` may fail. */
export type MoveGroupError = ChangeGroupError | GroupCycle | GroupTooDeep;
/** How `groups.delete` may fail. */
export type DeleteGroupError = ChangeGroupError;
/** How `groups.addMembers` and `removeMembers` may fail. */
export type ChangeMembersError = FindGroupError | UserNotFound | ChangeRefused;
