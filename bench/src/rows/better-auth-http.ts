import path from "node:path";
import { hashSync } from "@node-rs/argon2";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { newcomer, password, personAt, rareName } from "../dataset/person.ts";
import { amount, type Figure, type Row } from "../figure.ts";
import { load, type Target } from "../measure/load.ts";
import { runRounds } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";
import { cookieOf, openBetterAuth } from "../peer/better-auth.ts";
import { loadBetterAuthUsers } from "../peer/load-users.ts";
import { reasons } from "../peer/reasons.ts";
import { startServer } from "../servers/start-server.ts";

interface Pair {
  readonly what: string;
  readonly reason: string;
  readonly connections: number;
  readonly ours: Omit<Target, "port">;
  readonly peer: Omit<Target, "port">;
}

/** better-auth beside Muster, each behind Express 5 in a process of its own. */
export const betterAuthHttp: Row = {
  name: "better-auth-http",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const ourFile = copyOf(await dataSet(size), folder, "muster");
    const peerFile = path.join(folder, "better-auth.db");
    await loadBetterAuthUsers(peerFile, size, hashSync(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 }));
    const admin = personAt(0, size);
    const pairs = pairsOf(
      admin.email,
      await bearerOf(ourFile, admin.email),
      await adminCookieOf(peerFile, admin.email),
    );

    const servers = { ours: await startServer("muster", ourFile), peer: await startServer("better-auth", peerFile) };
    const figures: Figure[] = [];
    for (const { what, reason, connections, ...targets } of pairs) {
      const sending = (side: "ours" | "peer") => async (): Promise<number> => {
        const target = { ...targets[side], port: servers[side].port };
        return (await load(target, connections, quick ? 50 : 1_000)).perSecond;
      };
      const measured = await runRounds({ ours: sending("ours"), peer: sending("peer") }, quick ? 1 : 5, quick ? 0 : 1);
      const times = pairedRatio(measured.ours, measured.peer);
      const [ours, peer] = [median(measured.ours), median(measured.peer)];
      figures.push({
        what: `${what} over HTTP, ${connections} connections, ${size.toLocaleString("en")} users`,
        against: "better-auth",
        reach: null,
        measured: `Muster ${amount(ours)}/s, better-auth ${amount(peer)}/s: ${amount(times)} ×`,
        met: null,
        why: reason,
        values: { times, muster: ours, betterAuth: peer },
      });
    }
    await Promise.all([servers.ours.stop(), servers.peer.stop()]);
    return figures;
  },
};

const bearerOf = async (file: string, login: string): Promise<string> => {
  const muster = await openMuster(file);
  const { accessToken } = await muster.sessions.login({ login, password });
  await muster.close();
  return `Bearer ${accessToken}`;
};

const adminCookieOf = async (file: string, email: string): Promise<string> => {
  const { auth, close } = await openBetterAuth(file);
  const { headers } = await auth.api.signInEmail({ body: { email, password }, returnHeaders: true });
  close();
  return cookieOf(headers);
};

const pairsOf = (email: string, authorization: string, cookie: string): readonly Pair[] => {
  const ours = { headers: { authorization } };
  const peer = { headers: { cookie, origin: "http://127.0.0.1:3000" } };
  const search = rareName.toLowerCase();
  let place = 0;
  const peerBody = (index: number): string => {
    const { email: address, displayName } = newcomer(index);
    return JSON.stringify({ email: address, name: displayName, password });
  };
  return [
    {
      what: "log in, argon2",
      reason: reasons.login,
      connections: 4,
      ours: { method: "POST", path: "/api/sessions", body: JSON.stringify({ login: email, password }) },
      peer: { method: "POST", path: "/api/auth/sign-in/email", body: JSON.stringify({ email, password }) },
    },
    {
      what: "the caller's session and user",
      reason: reasons.session,
      connections: 16,
      ours: { ...ours, path: "/api/users/me" },
      peer: { ...peer, path: "/api/auth/get-session" },
    },
    {
      what: "list of 50 as an admin, newest first",
      reason: reasons.list,
      connections: 4,
      ours: { ...ours, path: "/api/users?limit=50&sort=-createdAt" },
      peer: { ...peer, path: "/api/auth/admin/list-users?limit=50&sortBy=createdAt&sortDirection=desc" },
    },
    {
      what: "substring search of 50 as an admin",
      reason: reasons.search,
      connections: 4,
      ours: { ...ours, path: `/api/users?limit=50&search=${search}` },
      peer: {
        ...peer,
        path: `/api/auth/admin/list-users?limit=50&searchField=email&searchOperator=contains&searchValue=${search}`,
      },
    },
    {
      what: "create as an admin, argon2",
      reason: reasons.create,
      connections: 4,
      ours: {
        ...ours,
        method: "POST",
        path: "/api/users",
        body: () => JSON.stringify({ ...newcomer(place++), password }),
      },
      peer: { ...peer, method: "POST", path: "/api/auth/admin/create-user", body: () => peerBody(place++) },
    },
  ];
};
