import type { MovedColumn } from "./movable.ts";

/** A row in a form that is the same whatever database it was read from. Bytes are hexadecimal, JSON and truth plain. */
export type CanonicalRow = Readonly<Record<string, string | number | null>>;

/** A row as a database answers it. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows of these columns in canonical form. */
export const canonicalRow = (columns: readonly MovedColumn[], row: Row): CanonicalRow => {
  const cells: Record<string, string | number | null> = {};
  for (const column of columns) cells[column.name] = cellOf(column, row[column.name]);
  return cells;
};

/** The same as text: equal texts are equal rows. */
export const canonicalText = (columns: readonly MovedColumn[], row: Row): string =>
  JSON.stringify(canonicalRow(columns, row));

const cellOf = ({ name, kind }: MovedColumn, value: unknown): string | number | null => {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case "text":
      return String(value);
    case "integer": {
      const number = Number(value);
      if (!Number.isSafeInteger(number)) throw new Error(`A number in the column ${name} is beyond 2^53.`);
      return number;
    }
    case "boolean":
      return value === true || Number(value) === 1 ? 1 : 0;
    case "bytes":
      return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value).toLowerCase();
    case "json":
      return canonicalJson(String(value));
  }
};

/** Members in the order of their names, no spaces: databases keep neither. */
export const canonicalJson = (text: string): string =>
  text === "{}" || text === "[]" ? text : ordered(JSON.parse(text));

const ordered = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(ordered).join(",")}]`;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${ordered(member)}`).join(",")}}`;
};

/** What is bound for a canonical cell. */
export const parameterOf = ({ kind }: MovedColumn, cell: unknown): unknown =>
  kind === "bytes" && typeof cell === "string" ? Buffer.from(cell, "hex") : cell;
