/** Why the two differ, as their sources and plans show. What better-auth does more is named first. */
export const reasons = {
  login:
    "with the same argon2 the hash is most of either; better-auth sends four statements, one of them a write, Muster one read and one transaction with its audit event",
  session:
    "better-auth reads session and user from the database at each check, so that a change elsewhere counts at once; Muster checks a signed token in memory and hears of changes elsewhere within a second",
  list: "better-auth counts all users at each list and has no index on createdAt: it scans and sorts the table; Muster walks an index and counts when asked",
  search:
    "better-auth scans the table twice with LIKE (rows and count) and searches one field; Muster has a trigram index over five",
  create:
    "with the same argon2 the hash is most of either, and both hash before their transaction; Muster writes more rows (names, search index, marks, audit), better-auth fewer with more work for each",
} as const;
