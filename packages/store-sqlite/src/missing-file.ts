import { statSync } from "node:fs";
import path from "node:path";
import { StoreUnavailable } from "@muster/core/ports";
import type { Connection } from "./connection.ts";

/** For so long reads trust the last look at the file. Writes look each time: it costs a few microseconds. */
const trustMilliseconds = 250;

/**
 * A file that is deleted or replaced stays there for whoever has it open: SQLite would go on writing to it without a word,
 * and all of that would be gone at the next start. These connections refuse to: transactions at once, reads within a
 * quarter of a second, until the very same file is back.
 */
export const refusingWithoutFile = (
  file: string,
  writer: Connection,
  reader: Connection,
): readonly [writer: Connection, reader: Connection] => {
  // The process may go to another directory.
  const place = path.resolve(file);
  const opened = statSync(place);
  let lookedAt = performance.now();

  const look = (): void => {
    const now = statSync(place, { throwIfNoEntry: false });
    if (now?.ino !== opened.ino || now.dev !== opened.dev) throw new StoreUnavailable(gone);
    lookedAt = performance.now();
  };
  const lookNowAndThen = (): void => {
    if (performance.now() - lookedAt > trustMilliseconds) look();
  };

  return [
    {
      ...writer,
      command: (sql) => {
        if (sql.startsWith("begin")) look();
        writer.command(sql);
      },
    },
    {
      ...reader,
      all: (statement) => {
        lookNowAndThen();
        return reader.all(statement);
      },
      first: (statement) => {
        lookNowAndThen();
        return reader.first(statement);
      },
    },
  ];
};

const gone = { reason: "its file was moved, replaced or deleted while it was open", retryable: false };
