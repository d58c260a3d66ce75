import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type { Stores } from "../../../src/ports/storage.ts";
import { moment } from "../../../src/testing/index.ts";
import { type Mutant, withFaultIn } from "./faulty.ts";

const withInvitations = (fault: (invitations: Stores["invitations"]) => Partial<Stores["invitations"]>) =>
  withFaultIn("invitations", ({ invitations }) => fault(invitations));

export const mutantsOfInvitations: readonly Mutant[] = [
  {
    fault: "an invitation that ended ends again",
    module: () =>
      withInvitations((invitations) => ({
        end: (tenant, id, state, at) =>
          Effect.andThen(
            invitations.end(tenant, id, state, at),
            Effect.map(invitations.find(tenant, id), Option.isSome),
          ),
      })),
    broken: "an invitation ends once, and then stays as it ended",
  },
  {
    fault: "expired invitations are listed as pending",
    module: () =>
      withInvitations((invitations) => ({
        list: (tenant, selection) => invitations.list(tenant, { ...selection, now: moment(-1) }),
      })),
    broken: "invitations are listed by state and user, highest id first, and counted",
  },
  {
    fault: "a renewed invitation keeps its address",
    module: () =>
      withInvitations((invitations) => ({
        renew: (tenant, id, _email, expiresAt) => invitations.renew(tenant, id, "Jane@x.test", expiresAt),
      })),
    broken: "an open invitation gets another address and time, one that ended does not",
  },
];
