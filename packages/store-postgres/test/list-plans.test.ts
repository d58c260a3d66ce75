import type { UserCondition, UserSelection } from "@muster/core/ports";
import { sortFields } from "@muster/core/testing";
import * as Effect from "effect/Effect";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../src/index.ts";
import { anyDatabase, temporarySchemas, withClient } from "./postgres.ts";
import { type RecordingPool, recordingPool, type Sent } from "./recording-pool.ts";

const people = 20_000;
const newSchema = temporarySchemas(anyDatabase);
const schema = newSchema();

const search = { kind: "search", fields: ["username", "email", "firstName", "lastName", "displayName"] } as const;
const common: UserCondition = { kind: "tags", match: "any", tags: ["half"] };
const rare: UserCondition = { kind: "tags", match: "any", tags: ["t7"] };
const blue: UserCondition = { kind: "json", field: "metadata", part: { team: "team7" } };

/** Conditions with an index of their own, and those that a walk in the order of the list meets soon. */
const filters: { readonly [kind: string]: UserCondition } = {
  none: { kind: "all", of: [] },
  id: { kind: "oneOf", field: "id", values: ["u1", "u2"] },
  email: { kind: "oneOf", field: "email", values: ["u5@example.com"] },
  status: { kind: "oneOf", field: "status", values: ["enabled"] },
  "rare status": { kind: "oneOf", field: "status", values: ["disabled"] },
  role: { kind: "oneOf", field: "role", values: ["admin"] },
  "common tag": common,
  "rare tag": rare,
  "one of two tags": { kind: "tags", match: "any", tags: ["t7", "t8"] },
  "two tags": { kind: "all", of: [common, rare] },
  "not a tag": { kind: "not", of: rare },
  metadata: blue,
  "nested metadata": { kind: "json", field: "metadata", part: { roles: [{ name: "r7", of: 1 }] } },
  search: { ...search, text: "u777@" },
  "search of a common text": { ...search, text: "example" },
  "prefix of the username": { kind: "prefix", field: "username", text: "u77" },
  "created after": { kind: "after", field: "createdAt", value: 10 },
  and: { kind: "all", of: [common, blue, { ...search, text: "example" }] },
};

/** Users as the store would write them, made by the server. */
const fill = async (client: pg.Client): Promise<void> => {
  await client.query(`set search_path = "${schema}"`);
  await client.query(`insert into muster_users (tenant, id, status, role, version, created_at, username, username_key, email,
      email_key, first_name, first_name_key, last_name, last_name_key, display_name_key, tags, metadata, private_metadata)
    select 'acme', 'u' || n, case when n % 200 = 0 then 'disabled' else 'enabled' end,
      case when n % 500 = 0 then 'admin' else 'user' end, 1, n, 'u' || n, 'u' || n, 'u' || n || '@example.com',
      'u' || n || '@example.com', 'First' || n % 1000, 'first' || n % 1000, 'Last' || n % 900, 'last' || n % 900, '',
      jsonb_build_array('t' || n % 400, case when n % 2 = 0 then 'half' else 'other' end),
      jsonb_build_object('team', 'team' || n % 400, 'roles', jsonb_build_array(jsonb_build_object('name', 'r' || n % 400, 'of', 1))),
      '{}'
    from generate_series(1, ${people}) n`);
  await client.query(`insert into muster_user_sign_ins (user_seq, tenant, user_id, last_login_at, login_count)
    select seq, tenant, id, created_at * 2, 1 from muster_users`);
  await client.query(`insert into muster_user_identifiers select tenant, username_key, seq from muster_users`);
  await client.query(`insert into muster_user_marks
    select tenant, mark, created_at, id, seq from muster_users cross join lateral (
      select '#' || tag from jsonb_array_elements_text(tags) tag
      union all select 'm."team"=' || (metadata -> 'team')::text
      union all select 'm."roles"['
      union all select 'm."roles"[]{'
      union all select 'm."roles"[]."name"=' || (metadata #> '{roles,0,name}')::text
      union all select 'm."roles"[]."of"=1'
      union all select 's' || status where status <> 'enabled'
      union all select 'radmin' where role = 'admin'
    ) as m (mark)`);
  await client.query("analyze");
};

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly Plan[];
}

const nodesOf = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

/** Of several conditions each is looked up to the cap, and then the candidates of one of them. */
const mostRead = 5_000;
const mostSorted = 1_100;

/** Steps that read more rows of a table of ours, or sort more, than a list has candidates. */
const faultsOf = (plan: Plan): readonly string[] =>
  nodesOf(plan).flatMap((node) => {
    const type = node["Node Type"];
    const rejected = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
    const rows = (node["Actual Rows"] + rejected) * node["Actual Loops"];
    if (node["Relation Name"] !== undefined && rows > mostRead) return [`${type} of ${rows} ${node["Relation Name"]}`];
    return type.includes("Sort") && rows > mostSorted ? [`${type} of ${rows} rows`] : [];
  });

/** What the server does for a statement, its own measure of an index being that of a solid-state disk. */
const planOf = async (client: pg.Client, { text, values }: Sent): Promise<Plan> => {
  await client.query("set random_page_cost = 1.1");
  const found = await client.query({ text: `explain (analyze, timing off, format json) ${text}`, values: [...values] });
  return found.rows[0]["QUERY PLAN"][0].Plan;
};

describe(`at ${people} users every list reads and sortFields no more than its candidates`, () => {
  let pool: RecordingPool;
  beforeAll(async () => {
    const connectionString = await anyDatabase();
    pool = recordingPool(connectionString);
    await Effect.runPromise(Effect.scoped(postgresStore({ connectionString, schema }).open));
    await withClient(connectionString, fill);
  });
  afterAll(() => pool.end());

  const plansOf = async (call: Effect.Effect<unknown, unknown>, withClientOf: string): Promise<readonly string[]> => {
    pool.take();
    await Effect.runPromise(call);
    const sent = pool.take();
    return withClient(withClientOf, async (client) => {
      const faults: string[] = [];
      for (const statement of sent) {
        const plan = await planOf(client, statement);
        faults.push(...faultsOf(plan).map((fault) => `${fault}: ${statement.text}`));
      }
      return faults;
    });
  };

  it.each(Object.entries(filters))("filtered by %s", async (_, where) => {
    const url = await anyDatabase();
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const { users } = yield* postgresStore({ pool, schema }).open;
          for (const sortBy of sortFields) {
            for (const descending of [false, true]) {
              const key = sortBy.endsWith("At") ? people / 2 : "m";
              const page: UserSelection = { where, sortBy, descending, limit: 50 };
              for (const selection of [page, { ...page, after: { key, id: "m" } }]) {
                const faults = yield* Effect.promise(() => plansOf(users.list("acme", selection), url));
                expect(faults, JSON.stringify(selection)).toEqual([]);
              }
            }
          }
        }),
      ),
    );
  });

  it("(which would be found: a search that no index answers is a fault)", async () => {
    const text = `select * from "${schema}".muster_users where locale = 'x'`;
    const plan = await withClient(await anyDatabase(), (client) => planOf(client, { text, values: [] }));
    expect(faultsOf(plan)).toEqual([`Seq Scan of ${people} muster_users`]);
  });

  it("a search is planned for its text: one of few hits reads the index, one of many the order of the list", async () => {
    const explain = async (text: string) => {
      const connectionString = await anyDatabase();
      await Effect.runPromise(
        Effect.scoped(
          Effect.flatMap(postgresStore({ pool, schema }).open, ({ users }) => {
            pool.take();
            const where: UserCondition = { ...search, text };
            return users.list("acme", { where, sortBy: "createdAt", descending: true, limit: 50 });
          }),
        ),
      );
      const sent = pool.take();
      expect(sent, "nothing is asked beforehand").toHaveLength(1);
      return withClient(connectionString, async (client) => {
        const texts: string[] = [];
        for (const statement of sent) {
          const found = await client.query({ text: `explain ${statement.text}`, values: [...statement.values] });
          texts.push(found.rows.map((row) => row["QUERY PLAN"]).join("\n"));
        }
        return texts.join("\n\n");
      });
    };
    expect(await explain("u7777@")).toContain("muster_users_by_trigrams");
    const common = await explain("example");
    expect(common).toContain("muster_users_by_created_at");
    expect(common).not.toContain("Seq Scan");
  });
});
