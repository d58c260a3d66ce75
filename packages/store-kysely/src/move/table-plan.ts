import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import { MoveRefused } from "./errors.ts";
import type { ColumnFact, ColumnKind, MoveDatabase, MovedColumn } from "./movable.ts";
import { type Moved, movedTables } from "./moved-tables.ts";

/** How the rows of one table get from one database into the other. */
export interface TablePlan {
  readonly name: string;
  readonly columns: readonly MovedColumn[];
  /** What identifies a row on both sides. */
  readonly key: readonly MovedColumn[];
  /** In which order the rows are read: one in which the source keeps them. */
  readonly order: readonly MovedColumn[];
  /** The same for the target. */
  readonly targetOrder: readonly MovedColumn[];
  /** Columns by which the target numbers rows. */
  readonly identities: readonly string[];
  readonly isSearched: boolean;
}

/** Compares what two databases consist of. Fails when a row of one cannot be a row of the other. */
export const planTables = (
  source: MoveDatabase,
  target: MoveDatabase,
): Effect.Effect<readonly TablePlan[], StoreUnavailable | MoveRefused> =>
  Effect.gen(function* () {
    const names = movedTables.map(({ name }) => name);
    const [from, to] = [yield* source.columns(names), yield* target.columns(names)];
    const plans: TablePlan[] = [];
    for (const table of movedTables) plans.push(yield* planTable(table, from, to));
    return plans;
  });

const planTable = Effect.fnUntraced(function* (table: Moved, from: readonly ColumnFact[], to: readonly ColumnFact[]) {
  const isMoved = ({ table: of, name, isGenerated }: ColumnFact): boolean =>
    of === table.name && !isGenerated && table.omit?.includes(name) !== true;
  const [given, taken] = [from.filter(isMoved), to.filter(isMoved)];
  const odd = given.find(({ name }) => !taken.some((other) => other.name === name)) ?? undefined;
  if (odd !== undefined || given.length !== taken.length || given.length === 0) {
    return yield* new MoveRefused({
      reason: `The databases have different columns in ${table.name}${odd === undefined ? "" : ` (${odd.name})`}: open both with this version of Muster first.`,
    });
  }
  const columns: MovedColumn[] = [];
  for (const { name, kind } of given) {
    const other = taken.find((column) => column.name === name)?.kind ?? kind;
    const both = kindOf(kind, other);
    if (both === undefined) {
      return yield* new MoveRefused({
        reason: `The move does not know how to bring ${table.name}.${name} from ${kind} to ${other}.`,
      });
    }
    columns.push({ name, kind: both });
  }
  const named = (names: readonly string[]) =>
    names.flatMap((name) => columns.find((column) => column.name === name) ?? []);
  const key = named(table.key);
  const orderOf = (facts: readonly ColumnFact[]): readonly MovedColumn[] => {
    const primary = facts.filter((fact) => fact.table === table.name && fact.keyPlace > 0);
    const isWhole = primary.every(({ name }) => columns.some((column) => column.name === name));
    if (primary.length === 0 || !isWhole) return key;
    return named(primary.toSorted((one, other) => one.keyPlace - other.keyPlace).map(({ name }) => name));
  };
  return {
    name: table.name,
    columns,
    key,
    order: orderOf(from),
    targetOrder: orderOf(to),
    identities: taken.filter(({ isIdentity }) => isIdentity).map(({ name }) => name),
    isSearched: table.isSearched === true,
  } satisfies TablePlan;
});

const kinds: ReadonlySet<string> = new Set<ColumnKind>(["text", "integer", "boolean", "json", "bytes"]);
const isKind = (kind: string): kind is ColumnKind => kinds.has(kind);

/** A database that has no type for it keeps JSON as text and truth as 0 and 1. */
const kindOf = (one: string, other: string): ColumnKind | undefined => {
  if (!isKind(one) || !isKind(other)) return undefined;
  if (one === other) return one;
  const pair = [one, other].sort().join(" ");
  return pair === "json text" ? "json" : pair === "boolean integer" ? "boolean" : undefined;
};
