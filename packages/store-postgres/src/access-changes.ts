import type { AccessChanges } from "@muster/core/ports";
import { type Executor, refuseEnd, type Statement } from "@muster/store-kysely";
import * as Effect from "effect/Effect";
import { channelOf, messageOf } from "./access-messages.ts";
import type { PlacedNames } from "./names.ts";

interface Entry {
  /** Null until it was read for the first time. */
  readonly seq: number | null;
  readonly tenant: string;
  readonly user_id: string;
}

/**
 * Numbers from a sequence become visible in any order: a reader who has seen 8 cannot know whether 7 is still to come.
 * So entries are appended without a place in the feed. Whoever reads the feed and finds such entries first gives them
 * their places, after all others, in a serialisable transaction: an entry that becomes visible later comes later.
 * Writers wait for nobody. The newest entry is never pruned, so that the end of the feed is known from the feed itself.
 *
 * @param isTold whether the transaction that appends also tells those who listen, once it is committed.
 */
export const accessChanges = (names: PlacedNames, isTold: boolean): ((executor: Executor) => AccessChanges) => {
  const prepared =
    <Row>(sql: string) =>
    (...parameters: readonly unknown[]): Statement<Row> => ({ sql: text(sql), parameters });
  const text = names.written;

  const insert = "insert into muster_access_changes (tenant, user_id, at) values (?, ?, ?)";
  const append = prepared(insert);
  const appendAndTell = prepared(`with entry as (${insert}) select pg_catalog.pg_notify('${channelOf(names)}', ?)`);
  const end = prepared<{ readonly seq: number; readonly tenant: string | null; readonly has_new: boolean }>(
    `select coalesce(max(last.seq), 0) as seq, max(last.tenant) as tenant,
            exists (select 1 from muster_access_changes where seq is null) as has_new
     from (select seq, tenant from muster_access_changes where seq is not null order by seq desc limit 1) as last`,
  );
  const read = prepared<Entry>(
    "select seq, tenant, user_id from muster_access_changes where seq >= ? or seq is null order by seq, id",
  );
  const place = prepared(
    `with fresh as (
       select id, row_number() over (order by id) + coalesce((select max(seq) from muster_access_changes), 0) as seq
       from muster_access_changes where seq is null
     )
     update muster_access_changes as entry set seq = fresh.seq from fresh where entry.id = fresh.id`,
  );
  const prune = prepared(
    "delete from muster_access_changes where at < ? and seq < (select max(seq) from muster_access_changes)",
  );

  return (executor) => {
    const placed = Effect.fnUntraced(function* (cursor: number) {
      const entries = yield* executor.all(read(cursor));
      if (entries.every(({ seq }) => seq !== null)) return entries;
      yield* executor.run(place());
      const again = yield* executor.all(read(cursor));
      // What came meanwhile has no place yet and is read the next time.
      return again.filter(({ seq }) => seq !== null);
    });

    return {
      append: (change, at) => {
        const entry = [change.tenant, change.userId, at.getTime()];
        const message = isTold ? messageOf(change) : undefined;
        return Effect.asVoid(executor.run(message === undefined ? append(...entry) : appendAndTell(...entry, message)));
      },
      latest: Effect.fnUntraced(function* () {
        const found = yield* executor.first(end());
        if (found !== undefined) yield* refuseEnd([found]);
        if (found?.has_new !== true) return Number(found?.seq ?? 0);
        yield* executor.run(place());
        return Number((yield* executor.first(end()))?.seq ?? 0);
      }),
      since: (cursor) =>
        Effect.map(Effect.tap(placed(cursor), refuseEnd), (entries) => {
          const [first] = entries;
          const newer = entries.filter(({ seq }) => Number(seq) > cursor);
          return {
            cursor: Number(newer.at(-1)?.seq ?? (first === undefined ? 0 : cursor)),
            changes: newer.map(({ tenant, user_id }) => ({ tenant, userId: user_id })),
            // No entry at the cursor or after it: the feed is shorter than it was, as after a restored backup.
            gap: first === undefined ? cursor > 0 : Number(first.seq) > cursor + 1,
          };
        }),
      prune: (before) => Effect.asVoid(executor.run(prune(before.getTime()))),
    };
  };
};
