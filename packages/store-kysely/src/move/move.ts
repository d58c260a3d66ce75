import type { MoveDatabase } from "./movable.ts";
import type { Progress } from "./progress.ts";
import type { TablePlan } from "./table-plan.ts";

/** A move under way. */
export interface Move {
  readonly source: MoveDatabase;
  readonly target: MoveDatabase;
  readonly plans: readonly TablePlan[];
  readonly batchRows: number;
  readonly progress: Progress;
}
