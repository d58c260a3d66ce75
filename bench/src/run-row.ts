import { rows } from "./rows.ts";
import { inFolder } from "./temporary.ts";

/** Runs one row in this process, started for it alone, and hands its figures to the process that started it. */
const [name, ...flags] = process.argv.slice(2);
const row = rows.find((known) => known.name === name);
if (row === undefined) throw new Error(`There is no row '${name}'.`);
try {
  const figures = await inFolder((folder) => row.run({ quick: false, long: flags.includes("--long"), folder }));
  process.send?.(figures, () => process.exit());
} catch (error) {
  console.error(error);
  process.exit(1);
}
