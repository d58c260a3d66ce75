import pg from "pg";
import { duration, type Figure, judged } from "../figure.ts";
import { plainRareText } from "../floors/postgres.ts";
import { sequential } from "../measure/rounds.ts";
import type { PostgresDataSet } from "../postgres/data-set.ts";
import { openPostgres } from "./opened.ts";
import { rarePart, rareText } from "./operations.ts";

/**
 * Whether searches are planned for what is searched. A statement that is prepared by name may get one plan for all
 * values after five runs; a search then walks the order of the list, as if its text stood everywhere.
 */
export const plannedForItsText = async (set: PostgresDataSet, quick: boolean): Promise<readonly Figure[]> => {
  const pool = new pg.Pool({ connectionString: set.url, max: 1 });
  const opened = await openPostgres(set, { pool });
  const searches = quick ? 2 : 100;
  const muster = await sequential(searches, (index) => opened.muster(rareText, index))();
  const { rows } = await pool.query<{ count: number }>("select count(*)::int as count from pg_prepared_statements");
  await opened.close();
  await pool.query("set plan_cache_mode = force_generic_plan");
  const byHand = { name: "search", text: plainRareText, values: [`%${rarePart}%`] };
  const generic = await sequential(quick ? 1 : 3, () => pool.query(byHand))();
  await pool.end();
  const of = `PostgreSQL, ${set.size.toLocaleString("en")} users: ${rareText.what}`;
  return [
    judged({
      what: `${of}: statements prepared by name`,
      against: "only such a statement can get one plan for all texts",
      value: rows[0]?.count ?? Number.NaN,
      most: 0,
      unit: "",
      detail: `after ${searches} searches on one connection`,
    }),
    judged({
      what: `${of}: under one plan for all texts`,
      against: "Muster's, planned for the text",
      value: generic / muster,
      unit: " × its time",
      detail: `by hand ${duration(generic)}, Muster ${duration(muster)}`,
      values: { muster, generic },
    }),
  ];
};
