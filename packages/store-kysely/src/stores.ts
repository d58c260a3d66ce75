import type { Stores } from "@muster/core/ports";
import { accessChanges } from "./access-changes.ts";
import { attemptStore } from "./attempt-store.ts";
import { auditLog } from "./audit-log.ts";
import { builderOf } from "./builder.ts";
import { credentialStore } from "./credential-store.ts";
import type { Dialect } from "./dialect.ts";
import type { Executor } from "./executor.ts";
import { grantStore } from "./grant-store.ts";
import { groupStore } from "./group/group-store.ts";
import { invitationStore } from "./invitation-store.ts";
import { keyStore } from "./key-store.ts";
import { oneTimeTokenStore } from "./one-time-token-store.ts";
import { outbox } from "./outbox.ts";
import { secondFactorStore } from "./second-factor-store.ts";
import { sessionStore } from "./session-store.ts";
import { userStore } from "./user/user-store.ts";

/** Makes the stores that run on an executor. Queries are compiled once per dialect, whatever they run on. */
export const makeStores = (dialect: Dialect): ((executor: Executor) => Stores) => {
  const db = builderOf(dialect);
  const users = userStore(db, dialect);
  const credentials = credentialStore(db);
  const sessions = sessionStore(db, dialect);
  const oneTimeTokens = oneTimeTokenStore(db);
  const secondFactors = secondFactorStore(db);
  const invitations = invitationStore(db);
  const attempts = attemptStore(db);
  const groups = groupStore(db, dialect);
  const grants = grantStore(db, dialect);
  const keys = keyStore(db);
  const audit = auditLog(db);
  const entries = outbox(db);
  const changes = dialect.accessChanges ?? accessChanges(db);
  return (executor) => ({
    users: users(executor),
    credentials: credentials(executor),
    sessions: sessions(executor),
    oneTimeTokens: oneTimeTokens(executor),
    secondFactors: secondFactors(executor),
    invitations: invitations(executor),
    attempts: attempts(executor),
    groups: groups(executor),
    grants: grants(executor),
    keys: keys(executor),
    audit: audit(executor),
    accessChanges: changes(executor),
    outbox: entries(executor),
  });
};
