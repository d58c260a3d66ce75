import path from "node:path";
import { hashSync } from "@node-rs/argon2";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { newcomer, password, personAt, rareName } from "../dataset/person.ts";
import { amount, duration, type Figure, type Row } from "../figure.ts";
import { type Batch, concurrent, runRounds, sequential } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";
import { cookieOf, openBetterAuth } from "../peer/better-auth.ts";
import { loadBetterAuthUsers } from "../peer/load-users.ts";
import { reasons } from "../peer/reasons.ts";

/** better-auth beside Muster, called in the same process. */
export const betterAuth: Row = {
  name: "better-auth",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const muster = await openMuster(copyOf(await dataSet(size), folder, "muster"));
    const file = path.join(folder, "better-auth.db");
    await loadBetterAuthUsers(file, size, hashSync(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));
    const peer = await openBetterAuth(file);
    const { api } = peer.auth;

    const admin = personAt(0, size);
    const { accessToken } = await muster.sessions.login({ login: admin.email, password });
    const signedIn = await api.signInEmail({ body: { email: admin.email, password }, returnHeaders: true });
    const headers = new Headers({ cookie: cookieOf(signedIn.headers) });
    const asAdmin = async () => muster.as(await muster.sessions.authenticate(accessToken));
    const search = rareName.toLowerCase();
    let place = 0;
    const login = (): string => personAt((place++ * 20) % size, size).email;

    const hashes = quick ? 4 : 40;
    const compare = async (
      what: string,
      batches: { readonly ours: Batch; readonly peer: Batch },
      reason: string,
      isRate: boolean,
      detail = "",
    ): Promise<Figure> => {
      const measured = await runRounds(batches, quick ? 1 : 7, 1);
      const shown = (values: readonly number[]): string =>
        isRate ? `${amount(median(values))}/s` : duration(median(values));
      const times = isRate ? pairedRatio(measured.ours, measured.peer) : pairedRatio(measured.peer, measured.ours);
      return {
        what: `${what}, in process, ${size.toLocaleString("en")} users`,
        against: "better-auth",
        reach: null,
        measured: `Muster ${shown(measured.ours)}, better-auth ${shown(measured.peer)}: ${amount(times)} ×${detail}`,
        met: null,
        why: reason,
        values: { times, muster: median(measured.ours), betterAuth: median(measured.peer) },
      };
    };
    const few = quick ? 1 : 4;
    const counted = quick
      ? 0
      : median(
          (
            await runRounds(
              { ours: sequential(5, async () => (await asAdmin()).users.list({ limit: 50, total: "exact" })) },
              3,
            )
          ).ours,
        );

    const figures = [
      await compare(
        "log in, argon2, 4 in flight",
        {
          ours: concurrent(hashes, 4, () => muster.sessions.login({ login: login(), password })),
          peer: concurrent(hashes, 4, () => api.signInEmail({ body: { email: login(), password } })),
        },
        reasons.login,
        true,
      ),
      await compare(
        "check a session",
        {
          ours: sequential(few * 500, () => muster.sessions.authenticate(accessToken)),
          peer: sequential(few * 25, () => api.getSession({ headers })),
        },
        reasons.session,
        false,
      ),
      await compare(
        "list of 50 as an admin, newest first",
        {
          ours: sequential(few * 25, async () => (await asAdmin()).users.list({ limit: 50, sort: "-createdAt" })),
          peer: sequential(few, () =>
            api.listUsers({ headers, query: { limit: 50, sortBy: "createdAt", sortDirection: "desc" } }),
          ),
        },
        reasons.list,
        false,
        counted === 0 ? "" : ` (Muster asked to count them all: ${duration(counted)})`,
      ),
      await compare(
        "substring search of 50 as an admin",
        {
          ours: sequential(few * 25, async () => (await asAdmin()).users.list({ limit: 50, filter: { search } })),
          peer: sequential(few, () =>
            api.listUsers({
              headers,
              query: { limit: 50, searchValue: search, searchField: "email", searchOperator: "contains" },
            }),
          ),
        },
        reasons.search,
        false,
      ),
      await compare(
        "create as an admin, argon2, 4 in flight",
        {
          ours: concurrent(hashes, 4, async () => (await asAdmin()).users.create({ ...newcomer(place++), password })),
          peer: concurrent(hashes, 4, () => {
            const { email, displayName } = newcomer(place++);
            return api.createUser({ headers, body: { email, password, name: displayName } });
          }),
        },
        reasons.create,
        true,
      ),
    ];
    await muster.close();
    peer.close();
    return figures;
  },
};
