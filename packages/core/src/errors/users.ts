import * as Data from "effect/Data";

/** No user with this id (or username, or email) is visible to the caller in this tenant. */
export class UserNotFound extends Data.Error {
  readonly _tag = "UserNotFound";
  readonly code = "user_not_found";
  override readonly message = "No such user.";
}

/** The username is in use as somebody's username or email, or reserved by a user deleted but not purged. */
export class UsernameTaken extends Data.Error {
  readonly _tag = "UsernameTaken";
  readonly code = "username_taken";
  override readonly message = "This username is taken.";
}

/** The email is in use as somebody's email or username, or reserved by a user deleted but not purged. */
export class EmailTaken extends Data.Error {
  readonly _tag = "EmailTaken";
  readonly code = "email_taken";
  override readonly message = "This email is taken.";
}

/** A user with the id given on create exists already. */
export class UserIdTaken extends Data.Error {
  readonly _tag = "UserIdTaken";
  readonly code = "user_id_taken";
  override readonly message = "A user with this id exists.";
}

/** The user's status does not allow this event; the legal pairs are the table in `user/lifecycle.ts`. */
export class IllegalTransition extends Data.Error<{ readonly status: string; readonly event: string }> {
  readonly _tag = "IllegalTransition";
  readonly code = "illegal_transition";
  override readonly message: string = `A user who is ${this.status} cannot go through '${this.event}'.`;
}

/**
 * The user cannot be purged: rows of the application refer to it by a foreign key that forbids that (`on delete restrict`
 * or `no action`). Nothing was removed.
 */
export class UserReferenced extends Data.Error {
  readonly _tag = "UserReferenced";
  readonly code = "user_referenced";
  override readonly message = "Other records refer to this user, so that it cannot be removed.";
}

/** The change would leave the tenant without an enabled admin. */
export class LastAdmin extends Data.Error {
  readonly _tag = "LastAdmin";
  readonly code = "last_admin";
  override readonly message = "The last enabled admin cannot be disabled, deleted or demoted.";
}

/** No invitation with this id is visible to the caller. */
export class InvitationNotFound extends Data.Error {
  readonly _tag = "InvitationNotFound";
  readonly code = "invitation_not_found";
  override readonly message = "No such invitation.";
}

/** The invitation was accepted or revoked before: `state` tells which. */
export class InvitationClosed extends Data.Error<{ readonly state: "accepted" | "revoked" }> {
  readonly _tag = "InvitationClosed";
  readonly code = "invitation_closed";
  override readonly message: string = `This invitation was ${this.state}.`;
}
