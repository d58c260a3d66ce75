import type { Database } from "better-sqlite3";
import { uuidV7 } from "./uuid.ts";
import { makeCompanionWriter, makeUserWriter, type UserToWrite } from "./write-user.ts";

/** Creates a user by hand: every row that Muster writes, in one immediate transaction. */
export const makeUserCreator = (
  database: Database,
): ((user: Omit<UserToWrite, "id" | "createdAt">, passwordHash: string) => UserToWrite) => {
  const writeUser = makeUserWriter(database);
  const writeCompanions = makeCompanionWriter(database);
  const begin = database.prepare("begin immediate");
  const commit = database.prepare("commit");
  return (given, passwordHash) => {
    const user: UserToWrite = { ...given, id: uuidV7(), createdAt: new Date() };
    begin.run();
    writeCompanions(user, writeUser(user, passwordHash), uuidV7());
    commit.run();
    return user;
  };
};
