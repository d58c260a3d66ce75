import type { UserCondition, UserPosition, UserSelection } from "@muster/core/ports";
import { type Expression, expressionBuilder, type SelectQueryBuilder, type SqlBool } from "kysely";
import type { Builder } from "../builder.ts";
import type { Dialect } from "../dialect.ts";
import type { Statement } from "../executor.ts";
import { compiled } from "../fixed-query.ts";
import { isFolded, keyColumns, type Named, sortColumns } from "./fields.ts";
import type { Narrowing } from "./narrowing.ts";
import { endOfPrefix } from "./prefix-range.ts";
import { type UserRow, userColumns } from "./user-row.ts";
import { whereOf } from "./where.ts";

const eb = expressionBuilder<Named, "u" | "s">();

interface Position {
  readonly seq: number;
  readonly key: string | number | bigint;
  readonly id: string;
}

interface ListQueries {
  readonly walk: (tenant: string, selection: UserSelection, mark: string | undefined) => Statement<UserRow>;
  readonly probe: (narrowings: readonly Narrowing[], cap: number) => Statement<{ count: number }>;
  readonly positions: (tenant: string, selection: UserSelection, narrowing: Narrowing) => Statement<Position>;
  readonly bySeq: (seqs: readonly number[]) => Statement<UserRow & { seq: number }>;
  readonly seqs: (tenant: string, where: UserCondition, narrowing: Narrowing) => Statement<{ seq: number }>;
  readonly count: (
    tenant: string,
    where: UserCondition,
    narrowing: Narrowing | undefined,
    atMost: number | undefined,
  ) => Statement<{ count: number }>;
  readonly isPrefixOfSort: (selection: UserSelection) => boolean;
}

/** Tables are joined by cross joins: SQLite then reads them in the order written, whatever it thinks of them. */
export const listQueries = (db: Builder, dialect: Dialect): ListQueries => {
  type Users = SelectQueryBuilder<Named, "u" | "s", object>;

  const fromUsers = (tenant: string): Users =>
    db
      .selectFrom("muster_users as u")
      .crossJoin("muster_user_sign_ins as s")
      .whereRef("s.user_seq", "=", "u.seq")
      .where("u.tenant", "=", tenant) as Users;

  const fromSignIns = (tenant: string): Users =>
    db
      .selectFrom("muster_user_sign_ins as s")
      .crossJoin("muster_users as u")
      .whereRef("u.seq", "=", "s.user_seq")
      .where("s.tenant", "=", tenant) as Users;

  const fromNarrowing = (tenant: string, narrowing: Narrowing): Users =>
    db
      .selectFrom(narrowing.source.as("n"))
      .crossJoin("muster_users as u")
      .crossJoin("muster_user_sign_ins as s")
      .whereRef("u.seq", "=", "n.user_seq")
      .whereRef("s.user_seq", "=", "u.seq")
      .where(eb(dialect.unindexed(eb.ref("u.tenant")), "=", tenant)) as Users;

  const walkMark = (tenant: string, selection: UserSelection, mark: string): Statement<UserRow> => {
    const direction = selection.descending ? "desc" : "asc";
    const { after } = selection;
    let query = db
      .selectFrom("muster_user_marks as m")
      .crossJoin("muster_users as u")
      .crossJoin("muster_user_sign_ins as s")
      .select(userColumns)
      .whereRef("u.seq", "=", "m.user_seq")
      .whereRef("s.user_seq", "=", "u.seq")
      .where("m.tenant", "=", tenant)
      .where("m.mark", "=", mark)
      .where(whereOf(dialect, tenant, selection.where))
      .orderBy("m.created_at", direction)
      .orderBy("m.user_id", direction)
      .limit(selection.limit);
    if (after !== undefined) {
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("m.created_at", "m.user_id"), selection.descending ? "<" : ">", tuple(Number(after.key), after.id)),
      );
    }
    if (selection.offset) query = query.offset(selection.offset);
    return compiled(query);
  };

  return {
    walk: (tenant, selection, mark) => {
      if (mark !== undefined) return walkMark(tenant, selection, mark);
      const { key, id } = sortColumns[selection.sortBy];
      const direction = selection.descending ? "desc" : "asc";
      const from = selection.sortBy === "lastLoginAt" ? fromSignIns(tenant) : fromUsers(tenant);
      let query = from
        .select(userColumns)
        .where(whereOf(dialect, tenant, selection.where))
        .orderBy(key, direction)
        .orderBy(id, direction)
        .limit(selection.limit);
      for (const bound of boundsOf(selection)) query = query.where(bound);
      if (selection.offset) query = query.offset(selection.offset);
      return compiled(query);
    },

    probe: (narrowings, cap) => {
      const counts = narrowings.map((narrowing) =>
        db
          .selectFrom((q) => q.selectFrom(narrowing.source.as("n")).select("n.user_seq").limit(cap).as("c"))
          .select((q) => q.fn.countAll<number>().as("count")),
      );
      const [first, ...others] = counts;
      if (first === undefined) throw new Error("There is nothing to probe.");
      return compiled(others.reduce((query, other) => query.unionAll(other), first));
    },

    positions: (tenant, selection, narrowing) => {
      const { key } = sortColumns[selection.sortBy];
      let query = fromNarrowing(tenant, narrowing)
        .select(["u.seq", "u.id", eb.ref(key).as("key")])
        .where(whereOf(dialect, tenant, selection.where));
      if (selection.after !== undefined) query = query.where(beyond(selection, selection.after));
      return compiled(query);
    },

    bySeq: (seqs) =>
      compiled(
        db
          .selectFrom(dialect.eachNumber(seqs).as("e"))
          .crossJoin("muster_users as u")
          .crossJoin("muster_user_sign_ins as s")
          .select("u.seq")
          .select(userColumns)
          .whereRef("u.seq", "=", "e.value")
          .whereRef("s.user_seq", "=", "u.seq"),
      ),

    seqs: (tenant, where, narrowing) =>
      compiled(
        fromNarrowing(tenant, narrowing)
          .select("u.seq")
          .where(whereOf(dialect, tenant, where)),
      ),

    count: (tenant, where, narrowing, atMost) => {
      const from = narrowing === undefined ? fromUsers(tenant) : fromNarrowing(tenant, narrowing);
      const matching = from.where(whereOf(dialect, tenant, where));
      if (atMost === undefined) return compiled(matching.select((q) => q.fn.countAll<number>().as("count")));
      return compiled(
        db
          .selectFrom(matching.select("u.seq").limit(atMost).as("c"))
          .select((q) => q.fn.countAll<number>().as("count")),
      );
    },

    isPrefixOfSort: (selection) => prefixOfSort(selection) !== undefined,
  };
};

/** Everything after a place, as one comparison of rows: an index walks it from there. */
const beyond = (selection: UserSelection, after: UserPosition): Expression<SqlBool> => {
  const { key, id } = sortColumns[selection.sortBy];
  return eb(eb.refTuple(key, id), selection.descending ? "<" : ">", eb.tuple(after.key, after.id));
};

/** Where in its index a walk begins and ends. Of two beginnings only the further one is named: SQLite would use either. */
const boundsOf = (selection: UserSelection): readonly Expression<SqlBool>[] => {
  const { after, sortBy, descending } = selection;
  const prefix = prefixOfSort(selection);
  const bounds = after === undefined ? [] : [beyond(selection, after)];
  if (prefix === undefined || !isFolded(sortBy)) return bounds;
  const end = endOfPrefix(prefix);
  if (descending || after === undefined) bounds.push(eb(keyColumns[sortBy], ">=", prefix));
  if (end !== undefined && (!descending || after === undefined)) bounds.push(eb(keyColumns[sortBy], "<", end));
  return bounds;
};

/** A prefix of the very text the list is sorted by: those who have it stand together in the sort index. */
const prefixOfSort = ({ where, sortBy }: UserSelection): string | undefined => {
  for (const part of where.kind === "all" ? where.of : [where]) {
    if (part.kind === "prefix" && part.field === sortBy && isFolded(sortBy) && part.text !== "") return part.text;
  }
  return undefined;
};
