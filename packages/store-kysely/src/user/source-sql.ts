import { expressionBuilder } from "kysely";
import type { Dialect, SeqSource } from "../dialect.ts";
import { hole } from "../fixed-query.ts";
import type { Named } from "./fields.ts";
import { type Source, slots } from "./lowered.ts";

const eb = expressionBuilder<Named>();

/** The users of a source, as a subquery with a column `user_seq`. */
export const sourceSql = (dialect: Dialect, source: Source): SeqSource => {
  const tenant = hole<string>(slots.tenant);
  switch (source.kind) {
    case "mark":
      return eb
        .selectFrom("muster_user_marks as m")
        .select("m.user_seq")
        .where("m.tenant", "=", tenant)
        .where("m.mark", "=", hole<string>(source.mark));
    case "search":
      return dialect.search.source(tenant, hole(source.question));
    case "range": {
      const from = eb
        .selectFrom("muster_users as u")
        .select("u.seq as user_seq")
        .where("u.tenant", "=", tenant)
        .where(source.column, ">=", hole<string>(source.from));
      return source.to === undefined ? from : from.where(source.column, "<", hole<string>(source.to));
    }
    case "values":
      return eb
        .selectFrom(dialect.eachText(hole(source.values)).as("e"))
        .crossJoin("muster_users as u")
        .select("u.seq as user_seq")
        .where("u.tenant", "=", tenant)
        .whereRef(source.column, "=", "e.value");
    case "found":
      return eb.selectFrom(dialect.eachNumber(hole(source.users)).as("e")).select("e.value as user_seq");
    case "union": {
      const [first, ...others] = source.of.map((part) =>
        eb.selectFrom(sourceSql(dialect, part).as("o")).select("o.user_seq"),
      );
      if (first === undefined) throw new Error("A union of no sources.");
      return others.reduce((query, other) => query.unionAll(other), first);
    }
  }
};
