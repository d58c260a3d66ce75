import type {
  ActionRequired,
  ChangeRefused,
  Closed,
  Forbidden,
  GroupNotFound,
  InvalidInput,
  StoreUnavailable,
  Unauthenticated,
  UserNotFound,
} from "../errors.ts";

type Refused = InvalidInput | Unauthenticated | Forbidden | ActionRequired;
type Unavailable = StoreUnavailable | Closed;

/** How `grants.set` may fail: there is no such user, or no such group. */
export type SetGrantsError = Refused | UserNotFound | GroupNotFound | ChangeRefused | Unavailable;
/** How `grants.remove` may fail. */
export type RemoveGrantsError = Refused | ChangeRefused | Unavailable;
/** How `grants.listOfUser` may fail. */
export type ListGrantsOfUserError = Refused | UserNotFound | Unavailable;
/** How `grants.listOfGroup` may fail. */
export type ListGrantsOfGroupError = Refused | GroupNotFound | Unavailable;
/** How `grants.listOn`, `check`, `checkMany` and `listResources` may fail. */
export type CheckGrantsError = Refused | Unavailable;
