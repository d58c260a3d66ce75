import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { amount, judged, type Row } from "../figure.ts";
import { type LoadReport, load, type Target } from "../measure/load.ts";
import { runRounds } from "../measure/rounds.ts";
import { median, pairedRatio } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";
import { startServer } from "../servers/start-server.ts";

/** The profile of a caller over HTTP against a route that does nothing. */
export const http: Row = {
  name: "http",
  run: async ({ quick, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const path = copyOf(await dataSet(size), folder, "users");
    const muster = await openMuster(path);
    const { accessToken } = await muster.sessions.login({ login: personAt(20, size).username, password });
    await muster.close();

    const empty = await startServer("empty");
    const ours = await startServer("muster", path);
    const reports: { readonly [name in "ours" | "empty"]: LoadReport[] } = { ours: [], empty: [] };
    const sending = (name: "ours" | "empty", target: Target) => async (): Promise<number> => {
      const report = await load(target, 16, quick ? 200 : 1_500);
      reports[name].push(report);
      return report.perSecond;
    };
    const measured = await runRounds(
      {
        ours: sending("ours", {
          port: ours.port,
          path: "/api/users/me",
          headers: { authorization: `Bearer ${accessToken}` },
        }),
        empty: sending("empty", { port: empty.port, path: "/" }),
      },
      quick ? 1 : 12,
    );
    await Promise.all([empty.stop(), ours.stop()]);
    const latency = (name: "ours" | "empty"): string =>
      `p99 ${amount(median(reports[name].map((report) => report.p99Milliseconds)))} ms`;
    return [
      judged({
        what: "GET /api/users/me over HTTP with a bearer, 16 connections",
        against: "an empty Express 5 JSON route",
        value: pairedRatio(measured.ours, measured.empty),
        least: 0.8,
        unit: " of its requests/s",
        detail: `${amount(median(measured.ours))}/s, ${latency("ours")}, of ${amount(median(measured.empty))}/s, ${latency("empty")}`,
        values: { perSecond: median(measured.ours), emptyPerSecond: median(measured.empty) },
      }),
    ];
  },
};
