import Database from "better-sqlite3";
import { personAt } from "../dataset/person.ts";
import { openBetterAuth } from "./better-auth.ts";

/** Fills better-auth's tables with the users of a data set. The first one is an admin there, too. */
export const loadBetterAuthUsers = async (path: string, size: number, passwordHash: string): Promise<void> => {
  (await openBetterAuth(path)).close();
  const database = new Database(path);
  database.pragma("synchronous = off");
  const users = database.prepare(
    `insert into user (id, name, email, emailVerified, createdAt, updatedAt, role, banned) values (?, ?, ?, 0, ?, ?, ?, 0)`,
  );
  const accounts = database.prepare(
    `insert into account (id, accountId, providerId, userId, password, createdAt, updatedAt) values (?, ?, 'credential', ?, ?, ?, ?)`,
  );
  database.exec("begin immediate");
  for (let index = 0; index < size; index++) {
    const { id, displayName, email, createdAt, role } = personAt(index, size);
    const at = createdAt.toISOString();
    users.run(id, displayName, email, at, at, role);
    accounts.run(`${id}-password`, id, id, passwordHash, at, at);
  }
  database.exec("commit");
  database.close();
};
