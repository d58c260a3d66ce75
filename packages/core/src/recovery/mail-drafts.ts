import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { StoreUnavailable } from "../errors.ts";
import { decodeBase64Url } from "../kernel/base64url.ts";
import { canonicalUsername } from "../kernel/text.ts";
import type { MailKind } from "../ports/mailer.ts";
import type { MailedPurpose } from "../ports/one-time-token-store.ts";
import type { Stores } from "../ports/storage.ts";
import type { User } from "../user/user.ts";
import { isSameState, stateFor } from "./account-state.ts";
import type { MailRequest } from "./mail-requests.ts";

/** A mail before it is written: to whom, about what, and what its token is for. */
export interface Draft {
  readonly kind: MailKind;
  readonly user: User;
  readonly to: string;
  /** The address the mail is about. */
  readonly address: string;
  /** Absent in mails without a link. */
  readonly purpose?: MailedPurpose;
  readonly boundTo: Uint8Array;
}

type Drafted = Effect.Effect<Draft | undefined, StoreUnavailable>;

/** What to send for a request, as things are now; undefined when there is nothing to send any more, or nobody. */
export const draftOf: (stores: Stores, tenant: string, request: MailRequest) => Drafted = Effect.fnUntraced(
  function* (stores, tenant, request) {
    const user = Option.getOrUndefined(yield* ownerOf(stores, tenant, request));
    if (user === undefined) return undefined;
    if (request.kind === "email_change") return yield* changeDraft(stores, tenant, user, request);
    if (request.kind === "email_changed") {
      return yield* draft(stores, tenant, user, request.kind, request.address, "email_undo");
    }
    if (request.kind === "invitation") return yield* invitationDraft(stores, tenant, user);
    const { kind } = request;
    const { email: address } = user;
    if (address === null) return undefined;
    if (kind === "password_changed") return { kind, user, to: address, address, boundTo: nothing };
    if (kind === "password_reset") {
      return user.status === "enabled" ? yield* draft(stores, tenant, user, kind, address, kind) : undefined;
    }
    const isToBeProven = isWelcome(user) && user.emailVerifiedAt === null;
    return isToBeProven ? yield* draft(stores, tenant, user, kind, address, kind) : undefined;
  },
);

const nothing = new Uint8Array(32);

const isWelcome = ({ status }: User): boolean => status === "enabled" || status === "pending";

const ownerOf = (stores: Stores, tenant: string, request: MailRequest) =>
  "userId" in request
    ? stores.users.find(tenant, request.userId)
    : stores.users.findByIdentifier(tenant, canonicalUsername(request.login));

const draft = (
  stores: Stores,
  tenant: string,
  user: User,
  kind: MailKind,
  address: string,
  purpose: MailedPurpose,
): Effect.Effect<Draft, StoreUnavailable> =>
  Effect.map(stateFor(stores, tenant, user, purpose), (boundTo) => ({
    kind,
    user,
    to: address,
    address,
    purpose,
    boundTo,
  }));

/** Nothing for who was let in meanwhile, or is not invited any more. */
const invitationDraft = Effect.fnUntraced(function* (stores: Stores, tenant: string, user: User) {
  const isOpen = Option.isSome(yield* stores.invitations.findOpen(tenant, user.id));
  if (!isOpen || user.status !== "pending" || user.email === null) return undefined;
  return yield* draft(stores, tenant, user, "invitation", user.email, "invitation");
});

/** Whoever changed the password since did not ask for this. */
const changeDraft = (
  stores: Stores,
  tenant: string,
  user: User,
  { kind, address, state }: Extract<MailRequest, { readonly kind: "email_change" }>,
): Drafted =>
  Effect.map(draft(stores, tenant, user, kind, address, "email_change"), (drafted) =>
    isWelcome(user) && isSameState(drafted.boundTo, decodeBase64Url(state) ?? nothing) ? drafted : undefined,
  );
