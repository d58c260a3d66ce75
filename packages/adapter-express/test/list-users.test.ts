import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { musterRoutes, openApiDocument } from "@muster/http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DocumentClient } from "./document-client.ts";
import { openSite, type Site, tokenOf } from "./site.ts";
import { stores } from "./stores.ts";

describe.each(stores)("over HTTP, kept in %s", (_name, open) => {
  const directory = mkdtempSync(path.join(tmpdir(), "muster-lists-"));
  let site: Site;
  let client: DocumentClient;
  let admin: string;

  beforeAll(async () => {
    site = await openSite(undefined, open(directory));
    client = new DocumentClient(site.url, openApiDocument(musterRoutes().routes, "/api"));
    admin = await tokenOf(site.muster, "admin");
    await site.muster.users.create({ username: "jane", email: "jane@example.com", firstName: "Jane", tags: ["blue"] });
    for (const name of ["ann", "bob", "cid"])
      await site.muster.users.create({ username: name, metadata: { team: { of: name } } });
  });

  afterAll(async () => {
    await site.close();
    rmSync(directory, { recursive: true, force: true });
  });

  test.each([
    ["status=enabled,disabled&tag=blue", ["jane"]],
    ["tags=blue", ["jane"]],
    ["tag=blue&tag=red", []],
    ["email=JANE%40example.com", ["jane"]],
    ["username=Ann", ["ann"]],
    ["firstName=jane", ["jane"]],
    ["search=an", ["ann", "jane"]],
    ['metadata={"team":{"of":"bob"}}', ["bob"]],
    ['filter={"username":{"prefix":"a"}}&filter={"not":{"role":"admin"}}', ["ann"]],
    ['filter={"or":[{"username":"bob"},{"tags":{"any":["blue"]}}]}', ["bob", "jane"]],
    ['filter={"createdAt":{"before":"2020-01-01T00:00:00Z"}}', []],
    ["createdAfter=2020-01-01T00:00:00Z&createdBefore=2099-01-01T00:00:00%2B02:00&username=bob", ["bob"]],
    ["lastName=nobody", []],
  ])("users chosen by %s are %j", async (query, usernames) => {
    const listed = await client.call("listUsers", 200, { token: admin, query: `?sort=username&${query}` });
    expect(listed.body.users.map((user: { username: string }) => user.username)).toEqual(usernames);
    const counted = await client.call("countUsers", 200, { token: admin, query: `?${query}&total=exact` });
    expect(counted.body).toEqual({ count: usernames.length, exact: true });
  });
});
