import * as Effect from "effect/Effect";
import { type Mutant, withFaultIn } from "./faulty.ts";

const broken = "hashes are walked over in the order of their users' ids, each once, of one tenant";

export const mutantsOfCredentials: readonly Mutant[] = [
  {
    fault: "a page of hashes begins with the last of the page before",
    module: () =>
      withFaultIn("credentials", ({ credentials }) => ({
        listAfter: (tenant, after, limit) => credentials.listAfter(tenant, after?.slice(0, -1) ?? null, limit),
      })),
    broken,
  },
  {
    fault: "hashes are sorted without regard to letter case",
    module: () =>
      withFaultIn("credentials", ({ credentials }) => ({
        listAfter: (tenant, after, limit) =>
          Effect.map(credentials.listAfter(tenant, after, 1_000), (all) =>
            all.toSorted((a, b) => (a.userId.toLowerCase() < b.userId.toLowerCase() ? -1 : 1)).slice(0, limit),
          ),
      })),
    broken,
  },
  {
    fault: "hashes of every tenant are in one list",
    module: () =>
      withFaultIn("credentials", ({ credentials }) => ({
        listAfter: Effect.fnUntraced(function* (tenant, after, limit) {
          const others = yield* credentials.listAfter("other", after, limit);
          return [...(yield* credentials.listAfter(tenant, after, limit)), ...others].slice(0, limit);
        }),
      })),
    broken,
  },
];
