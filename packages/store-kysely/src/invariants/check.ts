import type { StoreUnavailable } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import type { Executor } from "../executor.ts";
import { type Compilable, compiled } from "../fixed-query.ts";

/** Answers a sentence for every offender it finds, up to as many as it takes to see what is wrong. */
export type Check = (executor: Executor) => Effect.Effect<readonly string[], StoreUnavailable>;

/** Of each kind of fault so many are named. */
export const shown = 10;

interface Offenders {
  readonly limit: (atMost: number) => Compilable<{ readonly tenant: string; readonly id: string }>;
}

/** What a query finds must not be there. */
export const nothingIsFound =
  (query: Offenders, sentence: (offender: string) => string): Check =>
  (executor) =>
    Effect.map(executor.all(compiled(query.limit(shown))), (offenders) =>
      offenders.map(({ tenant, id }) => sentence(named(tenant, id))),
    );

export const named = (tenant: string, id: string): string =>
  `${JSON.stringify(id)} of tenant ${JSON.stringify(tenant)}`;
