import * as assert from "node:assert/strict";
import * as Effect from "effect/Effect";
import type { OutboxEntry } from "../../ports/outbox.ts";
import type { Storage } from "../../ports/storage.ts";
import { moment } from "../a-user.ts";
import { anOutboxEntry } from "../fixtures.ts";
import { type Room, tenant } from "./room.ts";

const relays = 50;

const claim = (storage: Storage, limit: number, second = 1) =>
  storage.transact(({ outbox }) =>
    outbox.claim({ topic: "mail", now: moment(second * 1000), leaseUntil: moment(second * 1000 + 30_000), limit }),
  );

/** Many relays at once over two openings of one database. */
export const outboxRaces: Room = {
  about: "outbox races",
  cases: {
    [`of ${relays} relays exactly one gets an entry, and again one when its lease runs out`]: Effect.fnUntraced(
      function* (storage, again) {
        const storages = [storage, yield* again] as const;
        const all = (second: number) =>
          Effect.map(
            Effect.all(
              Array.from({ length: relays }, (_, relay) => claim(storages[relay % 2 === 0 ? 0 : 1], 10, second)),
              { concurrency: "unbounded" },
            ),
            (claims) => claims.flat(),
          );
        yield* storage.transact(({ outbox }) => outbox.append(tenant, anOutboxEntry()));
        assert.deepEqual(
          (yield* all(1)).map(({ attempts }) => attempts),
          [1],
        );
        assert.deepEqual(
          (yield* all(31)).map(({ attempts }) => attempts),
          [2],
        );
      },
    ),

    "while many relays work each entry is delivered once, those of a user in order": Effect.fnUntraced(
      function* (storage, again) {
        const storages = [storage, yield* again] as const;
        const users = Array.from({ length: 6 }, (_, user) => `user-${user}`);
        const entries = Array.from({ length: 60 }, (_, number) =>
          anOutboxEntry({ id: String(number).padStart(3, "0"), userId: users[number % users.length] ?? "nobody" }),
        );
        yield* storage.transact(({ outbox }) =>
          Effect.forEach(entries, (entry) => outbox.append(tenant, entry), { discard: true }),
        );
        const delivered: OutboxEntry[] = [];
        const relay = Effect.fnUntraced(function* (each: Storage) {
          // At most one entry of each user can be claimed at a time: whoever finds none waits for the others.
          while (delivered.length < entries.length) {
            const claimed = yield* claim(each, 2);
            for (const entry of claimed) {
              // Of two entries at work at the same time the later one is done first.
              yield* Effect.sleep(entry.id.endsWith("5") || entry.id < "006" ? 12 : 1);
              delivered.push(entry);
              assert.equal(yield* each.transact(({ outbox }) => outbox.acknowledge(entry, moment(2_000))), true);
            }
            if (claimed.length === 0) yield* Effect.sleep(5);
          }
        });
        yield* Effect.all(
          Array.from({ length: 8 }, (_, number) => relay(storages[number % 2 === 0 ? 0 : 1])),
          { concurrency: "unbounded" },
        );
        assert.equal(delivered.length, entries.length);
        for (const user of users) {
          const ids = delivered.filter(({ userId }) => userId === user).map(({ id }) => id);
          assert.deepEqual(
            ids,
            entries.filter(({ userId }) => userId === user).map(({ id }) => id),
          );
        }
      },
    ),
  },
};
