import { strictEqual } from "node:assert";
import path from "node:path";
import type { Muster } from "@muster/core";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { personAt } from "../dataset/person.ts";
import { amount, duration, judged, type Row } from "../figure.ts";
import { openFile } from "../floors/open-file.ts";
import { runRounds, sequential } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

const permissions = { location: { edit: ["view"], view: [] } };
const people = 1_000;
const on = (number: number) => ({ resourceType: "location", resourceId: `r${number}`, permission: "view" });

/** How asking for one permission, and for the next resource, grows with the number of grants. */
export const grants: Row = {
  name: "grants",
  run: async ({ quick, folder }) => {
    const counts = quick ? ([1_000, 10_000] as const) : ([10_000, 1_000_000] as const);
    const few = await withGrants(folder, counts[0]);
    const many = await withGrants(folder, counts[1]);
    const operations = quick ? 50 : 1_000;
    // Every second question is answered by a group, two levels above; every fourth is a no.
    const check = (muster: Muster, total: number) =>
      sequential(operations, (index) => {
        const number = (index * 7919) % total;
        return muster.grants.check(personAt(number % people, people).id, on(index % 4 === 3 ? total + number : number));
      });
    const page = (muster: Muster, total: number) =>
      sequential(operations, (index) => {
        const userId = personAt((index * 7919) % people, people).id;
        const after = `r${(index * 104_729) % total}`;
        return muster.grants.listResources({ userId, permission: "view", resourceType: "location", after, limit: 1 });
      });
    const measured = await runRounds(
      {
        few: check(few, counts[0]),
        many: check(many, counts[1]),
        pageOfFew: page(few, counts[0]),
        pageOfMany: page(many, counts[1]),
      },
      quick ? 2 : 40,
    );
    await few.close();
    await many.close();
    const figure = (what: string, ofFew: readonly number[], ofMany: readonly number[]) =>
      judged({
        what: `${what}, ${amount(counts[1])} grants`,
        against: `the same with ${amount(counts[0])}`,
        value: pairedRatio(ofMany, ofFew),
        most: 1.5,
        unit: " ×",
        detail: `${duration(median(ofMany))}, with fewer ${duration(median(ofFew))}`,
        values: { microseconds: median(ofMany), microsecondsOfFew: median(ofFew) },
      });
    return [
      figure("check one permission", measured.few, measured.many),
      figure("the next resource that a user may view", measured.pageOfFew, measured.pageOfMany),
    ];
  },
};

/**
 * A file with so many grants of the permission to edit: half to users, half to groups at the top of trees of three levels, of
 * whose lowest groups the users are members.
 */
const withGrants = async (folder: string, count: number): Promise<Muster> => {
  const file = copyOf(await dataSet(people), folder, `grants-${count}`);
  await (await openMuster(file)).close();
  const database = openFile(path.resolve(file));
  database.exec(`
    begin;
    create temp table people as select id, tenant, row_number() over (order by id) - 1 as n from muster_users;
    with recursive numbers (n) as (select 0 union all select n + 1 from numbers where n < 299)
      insert into muster_groups select 'default', 'g' || n, 'g' || n, 'g' || n, null,
        case when n >= 100 then 'g' || (n - 100) end, '{}', 'enabled', 0, null, 1 from numbers;
    insert into muster_group_ancestors select tenant, id, id, 0 from muster_groups;
    insert into muster_group_ancestors select tenant, id, parent_id, 1 from muster_groups where parent_id is not null;
    insert into muster_group_ancestors select g.tenant, g.id, p.parent_id, 2
      from muster_groups g join muster_groups p on p.tenant = g.tenant and p.id = g.parent_id where p.parent_id is not null;
    insert into muster_group_members select tenant, 'g' || (200 + n % 100), id, 0 from people;
    commit`);
  database.exec("begin");
  const toUser = database.prepare("insert into muster_user_grants values ('default', ?, 'location', ?, 'edit', 0)");
  const toGroup = database.prepare("insert into muster_group_grants values ('default', ?, 'location', ?, 'edit', 0)");
  const places = new Map(
    database
      .prepare<[], { id: string; n: number }>("select id, n from people")
      .all()
      .map(({ id, n }) => [id, n]),
  );
  for (let number = 0; number < count; number++) {
    const { id } = personAt(number % people, people);
    if (number % 2 === 0) toUser.run(id, `r${number}`);
    else toGroup.run(`g${(places.get(id) ?? 0) % 100}`, `r${number}`);
  }
  database.exec("commit");
  database.close();
  const muster = await openMuster(file, { permissions });
  for (const number of [0, 1, count - 1]) {
    strictEqual(await muster.grants.check(personAt(number % people, people).id, on(number)), true);
    strictEqual(await muster.grants.check(personAt(number % people, people).id, on(count + number)), false);
  }
  return muster;
};
