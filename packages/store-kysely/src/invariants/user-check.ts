import * as Effect from "effect/Effect";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Executor, Statement } from "../executor.ts";
import { type Check, named, shown } from "./check.ts";
import { type Derived, derivedFrom } from "./derived.ts";
import { userCheckQueries } from "./user-check-queries.ts";

/** What has to be computed from each user: sort keys, identifiers and marks. Each user has all of them, and nobody more. */
export const userCheck = (db: Builder, dialect: Dialect): Check => {
  const queries = userCheckQueries(db, dialect);

  /** Users of whose texts some are not where they have to be. */
  const without = (
    executor: Executor,
    users: readonly Derived[],
    what: "identifiers" | "marks",
    find: (numbered: string) => Statement<{ value: string }>,
  ) => {
    const wanted = users.map((user) => ({ id: user.id, texts: user[what].map((text) => numbered(user.seq, text)) }));
    return Effect.map(executor.all(find(JSON.stringify(wanted.flatMap(({ texts }) => texts)))), (rows) => {
      const found = new Set(rows.map(({ value }) => value));
      return wanted.filter(({ texts }) => !texts.every((text) => found.has(text)));
    });
  };

  const inTenant = Effect.fnUntraced(function* (executor: Executor, tenant: string) {
    const { report, sentences } = makeReport(tenant);
    let [identifiers, marks, after] = [0, 0, ""];
    for (;;) {
      const rows = yield* executor.all(queries.users(tenant, after));
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.id;
      const users = rows.map(derivedFrom);
      report(
        users.filter(({ isReadable }) => !isReadable),
        "cannot be read: its JSON or its email is broken",
      );
      report(
        users.filter(({ hasItsKeys }) => !hasItsKeys),
        "has a sort key that is not that of its text",
      );
      report(
        yield* without(executor, users, "identifiers", (texts) => queries.identifiers(tenant, texts)),
        "is not found by its username or email",
      );
      report(
        yield* without(executor, users, "marks", (texts) => queries.marks(tenant, texts)),
        "is not found by its tags, metadata, status, role or owner",
      );
      for (const user of users) {
        identifiers += user.identifiers.length;
        marks += user.marks.length;
      }
    }
    const stored = yield* executor.first(queries.totals(tenant));
    const [spareIdentifiers, spareMarks] = [Number(stored?.identifiers) - identifiers, Number(stored?.marks) - marks];
    return [
      ...sentences,
      ...spare(tenant, spareIdentifiers, "Identifiers that are no username or email of the user who holds them"),
      ...spare(tenant, spareMarks, "Marks that are not true of their user"),
    ];
  });

  return (executor) =>
    Effect.gen(function* () {
      const tenants = yield* executor.all(queries.tenants());
      return (yield* Effect.forEach(tenants, ({ tenant }) => inTenant(executor, tenant))).flat();
    });
};

/** A text with the number of its user before it, so that one list of texts asks for those of many users. */
const numbered = (seq: number, text: string): string => String(seq).padStart(20, "0") + text;

const spare = (tenant: string, number: number, what: string): readonly string[] =>
  number > 0 ? [`${what}, in tenant ${JSON.stringify(tenant)}: ${number}.`] : [];

const makeReport = (tenant: string) => {
  const sentences: string[] = [];
  const counts = new Map<string, number>();
  const report = (offenders: readonly { readonly id: string }[], what: string): void => {
    for (const { id } of offenders) {
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      if (count <= shown) sentences.push(`User ${named(tenant, id)} ${what}.`);
    }
  };
  return { report, sentences };
};
