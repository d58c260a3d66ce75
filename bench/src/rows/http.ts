import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { amount, judged, type Row } from "../figure.ts";
import { type LoadReport, load } from "../measure/load.ts";
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
    const caller = personAt(20, size);
    const muster = await openMuster(path);
    const { accessToken } = await muster.sessions.login({ login: caller.username, password });
    await muster.close();

    const servers = {
      empty: await startServer("empty"),
      byHand: await startServer("by-hand", path, accessToken, caller.id),
      ours: await startServer("muster", path),
    };
    const reports: { readonly [name in keyof typeof servers]: LoadReport[] } = { ours: [], byHand: [], empty: [] };
    const sending = (name: keyof typeof servers) => async (): Promise<number> => {
      const target = { port: servers[name].port, path: name === "empty" ? "/" : "/api/users/me" };
      const headers = { authorization: `Bearer ${accessToken}` };
      const report = await load({ ...target, headers }, 16, quick ? 200 : 1_500);
      reports[name].push(report);
      return report.perSecond;
    };
    const measured = await runRounds(
      { ours: sending("ours"), byHand: sending("byHand"), empty: sending("empty") },
      quick ? 1 : 11,
    );
    await Promise.all(Object.values(servers).map(({ stop }) => stop()));
    const shown = (name: keyof typeof servers): string =>
      `${amount(median(measured[name]))}/s, p99 ${amount(median(reports[name].map((report) => report.p99Milliseconds)))} ms`;
    const what = "GET /api/users/me over HTTP with a bearer, 16 connections";
    return [
      judged({
        what,
        against: "an empty Express 5 JSON route",
        value: pairedRatio(measured.ours, measured.empty),
        least: 0.8,
        unit: " of its requests/s",
        detail: `${shown("ours")}, of ${shown("empty")}`,
        values: { perSecond: median(measured.ours), emptyPerSecond: median(measured.empty) },
      }),
      judged({
        what,
        against: "an Express 5 route by hand: a map look-up, the same row read and mapped, the same JSON",
        value: pairedRatio(measured.ours, measured.byHand),
        unit: " of its requests/s",
        detail: `which reaches ${amount(pairedRatio(measured.byHand, measured.empty))} of the empty one: ${shown("byHand")}`,
        values: { byHandPerSecond: median(measured.byHand) },
      }),
    ];
  },
};
