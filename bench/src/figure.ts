/** One line of the table: what was measured, against what, what was to be reached. */
export interface Figure {
  readonly what: string;
  readonly against: string;
  /** What is to be reached, in words; null for a figure that is only told. */
  readonly reach: string | null;
  readonly measured: string;
  /** Null when nothing was to be reached. */
  readonly met: boolean | null;
  /** Where the difference comes from. */
  readonly why?: string;
  /** The numbers behind the words, by name. */
  readonly values: { readonly [name: string]: number };
  /** For a figure that stands beside that of another database, and is drawn. */
  readonly curve?: Curve;
}

/** How the time of an operation grows with the number of users. */
export interface Curve {
  readonly operation: string;
  readonly database: "SQLite" | "PostgreSQL";
  readonly points: readonly Point[];
}

export interface Point {
  readonly users: number;
  /** Microseconds, as medians over all rounds. */
  readonly muster: number;
  readonly byHand: number;
  /** The median of the ratios of each round. */
  readonly ratio: number;
}

/** What a row is told before it runs. */
export interface Setting {
  /** Small and short: shows that everything runs, its numbers mean nothing. */
  readonly quick: boolean;
  /** As many samples as a claim about timing needs. */
  readonly long: boolean;
  /** A folder of the row's own, removed when it ends. */
  readonly folder: string;
}

export interface Row {
  readonly name: string;
  readonly run: (setting: Setting) => Promise<readonly Figure[]>;
  /** Takes so long that it runs only when it is named. */
  readonly onDemand?: true;
  /** Its figures are kept from runs with `--long` only: a short one shows too little to replace them. */
  readonly keptFromLongOnly?: true;
}

/** A figure with a bound: `most` or `least` of `value`. */
export const judged = (figure: {
  readonly what: string;
  readonly against: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
  readonly unit: string;
  /** Added to the measured value in brackets. */
  readonly detail?: string;
  readonly values?: { readonly [name: string]: number };
}): Figure => {
  const { what, against, value, most, least, unit, detail, values } = figure;
  const bound = most === undefined ? least : most;
  return {
    what,
    against,
    reach: bound === undefined ? null : `${most === undefined ? "≥" : "≤"} ${amount(bound)}${unit}`,
    measured: `${amount(value)}${unit}${detail === undefined ? "" : ` (${detail})`}`,
    met: bound === undefined ? null : most === undefined ? value >= bound : value <= bound,
    values: { value, ...values },
  };
};

/** Three digits that count, thousands apart. */
export const amount = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString("en", { minimumFractionDigits: 0, maximumFractionDigits: digits });
};

/** Microseconds in the unit that reads best. */
export const duration = (microseconds: number): string =>
  microseconds < 1_000 ? `${amount(microseconds)} µs` : `${amount(microseconds / 1_000)} ms`;
