import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ObedientProcess, startObedient } from "./obedient-process.ts";
import { anyDatabase, temporarySchemas } from "./postgres.ts";
import { type CuttableWay, startProxy } from "./proxy.ts";

const newSchema = temporarySchemas(anyDatabase);
const users = ["ann", "ben", "cem", "dot", "eva"];

/** Cuts every connection that wants to listen. */
const listeningRefused = async (): Promise<CuttableWay> => {
  const proxy = await startProxy(await anyDatabase());
  proxy.watch = (sent) => (/\blisten\b/.test(sent) ? "cut before" : "pass");
  return proxy;
};

describe.each([
  ["that are told of changes", false],
  ["that are told of nothing, since no connection that listens survives", true],
])("three processes on one database %s", (_, isRefused) => {
  let processes: readonly ObedientProcess[] = [];
  let proxy: CuttableWay | undefined;
  beforeAll(async () => {
    proxy = isRefused ? await listeningRefused() : undefined;
    const [url, schema] = [proxy?.url ?? (await anyDatabase()), newSchema()];
    processes = await Promise.all(users.slice(0, 3).map(() => startObedient(url, schema)));
  });
  afterAll(() => {
    for (const each of processes) each.end();
    proxy?.close();
  });

  it("obey a second after the one of them that disabled a user, at the latest", async () => {
    const [first, ...others] = processes;
    const delays: number[] = [];
    for (const user of users) {
      const id = String(await first?.order({ create: user }));
      const token = String(await first?.order({ login: user }));
      for (const each of processes) expect(await each.order({ authenticate: token })).toBe(id);
      const refusals = others.map((each) => each.order({ watch: token }));
      const disabledAt = Number(await first?.order({ disable: id }));
      for (const refusedAt of await Promise.all(refusals)) delays.push(Number(refusedAt) - disabledAt);
    }
    console.log(`refused after ${delays.toSorted((left, right) => left - right).join(", ")} ms`);
    expect(delays).toHaveLength(2 * users.length);
    expect(Math.max(...delays)).toBeLessThan(1_000);
  });
});
