import type { Mutant } from "./mutants/faulty.ts";
import { mutantsOfAttempts } from "./mutants/of-attempts.ts";
import { mutantsOfCredentials } from "./mutants/of-credentials.ts";
import { mutantsOfFaults } from "./mutants/of-faults.ts";
import { mutantsOfGroups } from "./mutants/of-groups.ts";
import { mutantsOfInvitations } from "./mutants/of-invitations.ts";
import { mutantsOfKeys } from "./mutants/of-keys.ts";
import { mutantsOfLists } from "./mutants/of-lists.ts";
import { mutantsOfLogs } from "./mutants/of-logs.ts";
import { mutantsOfOneTimeTokens } from "./mutants/of-one-time-tokens.ts";
import { mutantsOfOutbox } from "./mutants/of-outbox.ts";
import { mutantsOfSecondFactors } from "./mutants/of-second-factors.ts";
import { mutantsOfSessions } from "./mutants/of-sessions.ts";
import { mutantsOfTransactions } from "./mutants/of-transactions.ts";
import { mutantsOfUsers } from "./mutants/of-users.ts";

/** Broken stores: each has one fault that a case of the contract finds. */
export const mutants: readonly Mutant[] = [
  ...mutantsOfUsers,
  ...mutantsOfLists,
  ...mutantsOfSessions,
  ...mutantsOfCredentials,
  ...mutantsOfOneTimeTokens,
  ...mutantsOfSecondFactors,
  ...mutantsOfAttempts,
  ...mutantsOfInvitations,
  ...mutantsOfTransactions,
  ...mutantsOfLogs,
  ...mutantsOfKeys,
  ...mutantsOfOutbox,
  ...mutantsOfGroups,
  ...mutantsOfFaults,
];
