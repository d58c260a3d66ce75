import * as Data from "effect/Data";

/** No group with this id is visible to the caller in this tenant. */
export class GroupNotFound extends Data.Error {
  readonly _tag = "GroupNotFound";
  readonly code = "group_not_found";
  override readonly message = "No such group.";
}

/** A group with the id given on create exists already. */
export class GroupIdTaken extends Data.Error {
  readonly _tag = "GroupIdTaken";
  readonly code = "group_id_taken";
  override readonly message = "A group with this id exists.";
}

/** The group cannot be moved below itself, or below a group that is below it. */
export class GroupCycle extends Data.Error {
  readonly _tag = "GroupCycle";
  readonly code = "group_cycle";
  override readonly message = "A group cannot be moved below itself.";
}

/** The group, or one below it, would be further down than `maximumDepth` levels. */
export class GroupTooDeep extends Data.Error<{ readonly maximumDepth: number }> {
  readonly _tag = "GroupTooDeep";
  readonly code = "group_too_deep";
  override readonly message: string = `Groups cannot be more than ${this.maximumDepth} levels deep.`;
}
