import type { AccessChanges } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Builder } from "./builder.ts";
import { refuseEnd } from "./end-of-feed.ts";
import type { Executor } from "./executor.ts";
import { fixedQuery, type HoleOf } from "./fixed-query.ts";

/** The newest entry is never pruned, so that the end of the feed is always known from the feed itself. */
export const accessChanges = (db: Builder): ((executor: Executor) => AccessChanges) => {
  const append = fixedQuery((value: HoleOf<{ tenant: string; userId: string; at: number }>) =>
    db
      .insertInto("muster_access_changes")
      .values({ tenant: value("tenant"), user_id: value("userId"), at: value("at") }),
  );

  const latest = fixedQuery((_: HoleOf<object>) =>
    db.selectFrom("muster_access_changes").select(["seq", "tenant"]).orderBy("seq", "desc").limit(1),
  );

  const since = fixedQuery((value: HoleOf<{ cursor: number }>) =>
    db
      .selectFrom("muster_access_changes")
      .select(["seq", "tenant", "user_id"])
      .where("seq", ">=", value("cursor"))
      .orderBy("seq"),
  );

  const prune = fixedQuery((value: HoleOf<{ before: number }>) =>
    db
      .deleteFrom("muster_access_changes")
      .where("at", "<", value("before"))
      .where("seq", "<", (eb) =>
        eb.selectFrom("muster_access_changes as a").select((e) => e.fn.max("a.seq").as("last")),
      ),
  );

  return (executor) => ({
    append: ({ tenant, userId }, at) => Effect.asVoid(executor.run(append({ tenant, userId, at: at.getTime() }))),
    latest: () =>
      Effect.flatMap(executor.all(latest({})), (rows) => Effect.as(refuseEnd(rows), Number(rows[0]?.seq ?? 0))),
    since: (cursor) =>
      Effect.map(Effect.tap(executor.all(since({ cursor })), refuseEnd), (rows) => {
        const [first] = rows;
        const newer = rows.filter((row) => Number(row.seq) > cursor);
        return {
          cursor: Number(newer.at(-1)?.seq ?? (first === undefined ? 0 : cursor)),
          changes: newer.map((row) => ({ tenant: row.tenant, userId: row.user_id })),
          // No row at the cursor or after it: the feed is shorter than it was, as after a restored backup.
          gap: first === undefined ? cursor > 0 : Number(first.seq) > cursor + 1,
        };
      }),
    prune: (before) => Effect.asVoid(executor.run(prune({ before: before.getTime() }))),
  });
};
