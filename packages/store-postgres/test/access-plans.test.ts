import * as Effect from "effect/Effect";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { askOfAccess } from "../../store-kysely/test/access-questions.ts";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";
import { recordingPool, type Sent } from "./recording-pool.ts";

const newSchema = temporarySchemas(anyDatabase);
const people = 3_000;

/** Users in groups of a tree three levels deep, each with five grants and each group with some forty. */
const fill = async (client: pg.Client): Promise<void> => {
  await client.query(`insert into muster_users (tenant, id, status, role, version, created_at, username_key, email_key,
      first_name_key, last_name_key, display_name_key, tags, metadata, private_metadata)
    select 'acme', 'u' || n, 'enabled', 'user', 1, n, '', '', '', '', '', '[]', '{}', '{}' from generate_series(0, ${people}) n`);
  await client.query(`insert into muster_groups (tenant, id, name, name_key, parent_id, metadata, status, created_at, version)
    select 'acme', 'g' || n, 'g' || n, 'g' || n, case when n > 0 then 'g' || (n - 1) / 20 end, '{}', 'enabled', n, 1
    from generate_series(0, 400) n`);
  await client.query(`with recursive above as (
      select id, id as ancestor, 0 as distance, parent_id from muster_groups
      union all select a.id, g.id, a.distance + 1, g.parent_id from above a join muster_groups g on g.id = a.parent_id)
    insert into muster_group_ancestors select 'acme', id, ancestor, distance from above`);
  await client.query(
    `insert into muster_group_members select 'acme', 'g' || n % 400, 'u' || n, n from generate_series(0, ${people}) n`,
  );
  await client.query(`insert into muster_user_grants
    select 'acme', 'u' || n % ${people}, 'location', 'r' || n, 'view', n from generate_series(0, ${people * 5}) n`);
  await client.query(`insert into muster_group_grants
    select 'acme', 'g' || n % 400, 'location', 'r' || n, 'edit', n from generate_series(0, 15000) n`);
  await client.query("analyze");
};

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** A page has 50 rows, and a user few groups: who reads more of a table has taken no index. */
const mostRead = 450;

const faultsOf = async (client: pg.Client, { text, values }: Sent): Promise<readonly string[]> => {
  const explained = await client.query(`explain (analyze, format json) ${text}`, [...values]);
  const [{ Plan: plan }] = explained.rows[0]["QUERY PLAN"] as [{ Plan: Plan }];
  return nodesOf(plan).flatMap((node) => {
    const read = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
    return node["Relation Name"] !== undefined && read > mostRead
      ? [`${node["Node Type"]} on ${node["Relation Name"]} reads ${read}`]
      : [];
  });
};

describe("whatever is asked of groups and grants", () => {
  it("reads hardly more rows than it answers", async () => {
    const connectionString = await anyDatabase();
    const schema = newSchema();
    const pool = recordingPool(connectionString);
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const storage = yield* postgresStore({ pool, schema }).open;
          yield* Effect.promise(() =>
            withClient(connectionString, async (client) => {
              await client.query(`set search_path = "${schema}"`);
              await fill(client);
            }),
          );
          pool.take();
          yield* askOfAccess(storage);
        }),
      ),
    );
    const asked = pool.take().filter(({ text }) => text.startsWith("select"));
    expect(asked.length).toBeGreaterThan(15);
    await withClient(connectionString, async (client) => {
      for (const statement of asked) expect(await faultsOf(client, statement), statement.text).toEqual([]);
    });
    await pool.end();
  });
});
