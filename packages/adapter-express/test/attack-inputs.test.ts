import { readFileSync } from "node:fs";
import express, { type ErrorRequestHandler } from "express";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { musterRouter } from "../src/index.ts";
import { json, openSite, password, type Site, tokenOf } from "./site.ts";

interface Attacks {
  readonly page_numbers: readonly string[];
  readonly sort_fields: readonly string[];
  readonly text_filters: readonly string[];
  readonly json_types: readonly unknown[];
  readonly raw_json_bodies: readonly string[];
  readonly http_headers: readonly { readonly [name: string]: string }[];
}

const attacks = JSON.parse(readFileSync(new URL("fixtures/attack-inputs.json", import.meta.url), "utf8")) as Attacks;

let site: Site;
let admin: string;
let user: string;
const answers: string[] = [];

/** One call; every answer of the file is kept, to be searched for traces of our insides at the end. */
const send = async (
  method: string,
  path: string,
  options: RequestInit = {},
): Promise<{ status: number; body: string }> => {
  const answer = await fetch(site.url + path, { method, headers: json(admin), ...options });
  const body = await answer.text();
  answers.push(body);
  if (answer.status >= 400) expect(answer.headers.get("content-type")).toBe("application/problem+json; charset=utf-8");
  return { status: answer.status, body };
};

const hostProblem: ErrorRequestHandler = (_error, _request, response, _next) => {
  response.status(400).type("application/problem+json").send("{}");
};

beforeAll(async () => {
  site = await openSite((app, muster) => {
    app.use("/api", musterRouter(muster));
    app.use("/parsed", express.json({ strict: false }), musterRouter(muster));
    // What the host's parser refuses never reaches the router.
    app.use(hostProblem);
  });
  admin = await tokenOf(site.muster, "admin");
  for (const firstName of ["100%", "a_b", "o'neil", "back\\slash", "\u212aelvin", "é"])
    await site.muster.users.create({ username: `name-${firstName.codePointAt(0)}`, firstName, tags: [firstName] });
  user = (await site.muster.users.create({ username: "target", password })).id;
});

afterAll(() => site.close());

describe("numbers of a page", () => {
  test.each(attacks.page_numbers)("%j is taken only where it is a plain number in range", async (value) => {
    const raw = value.includes("=") ? value : `limit=${encodeURIComponent(value)}`;
    expect((await send("GET", `/api/users?${raw}`)).status).toBe(400);
    const offset = await send("GET", `/api/users?offset=${encodeURIComponent(value)}`);
    expect(offset.status).toBe(value === "0" ? 200 : 400);
    expect((await send("GET", `/api/audit?limit=${encodeURIComponent(value)}`)).status).toBe(400);
    expect((await send("GET", `/api/users?cursor=${encodeURIComponent(value)}`)).status).toBe(400);
  });
});

describe("sort fields", () => {
  test.each(attacks.sort_fields)("%j is refused", async (value) => {
    expect((await send("GET", `/api/users?sort=${encodeURIComponent(value)}`)).status).toBe(400);
    expect((await send("GET", `/api/users?sort=username&${encodeURIComponent(value)}=1`)).status).toBe(400);
    const filter = encodeURIComponent(JSON.stringify({ [value]: "x" }));
    expect((await send("GET", `/api/users?filter=${filter}`)).status).toBe(400);
  });
});

describe("texts to filter by", () => {
  test.each(attacks.text_filters)("%j means itself", async (value) => {
    const encoded = encodeURIComponent(value);
    const refused = value.includes("\u0000");
    for (const name of ["firstName", "tag", "search"]) {
      const { status, body } = await send("GET", `/api/users?${name}=${encoded}&limit=100`);
      expect([name, status]).toEqual([name, refused ? 400 : 200]);
      if (refused || name === "search") continue;
      const found = (JSON.parse(body) as { users: { firstName: string; tags: string[] }[] }).users;
      for (const one of found)
        if (name === "tag") expect(one.tags).toContain(value);
        else expect(one.firstName.normalize("NFKC").toLowerCase()).toBe(value.normalize("NFKC").toLowerCase());
    }
  });

  test("a percent sign is found where it is", async () => {
    const { body } = await send("GET", `/api/users?search=${encodeURIComponent("%")}`);
    expect((JSON.parse(body) as { users: { firstName: string }[] }).users.map((one) => one.firstName)).toEqual([
      "100%",
    ]);
  });
});

describe("values of the wrong type", () => {
  const at = (method: string, path: string, ...keys: string[]): [string, string, string[]] => [method, path, keys];
  const calls = () => [
    at("POST", "/sessions", "login", "password"),
    at("POST", "/sessions", "password", "login"),
    at("POST", "/sessions/refresh", "refreshToken"),
    at("PUT", "/users/me/password", "oldPassword", "newPassword"),
    at("PUT", `/users/${user}/password`, "password"),
    at("PUT", `/users/${user}/email`, "email"),
    at("PUT", `/users/${user}/username`, "username"),
    at("PUT", `/users/${user}/role`, "role"),
    at("PUT", `/users/${user}/owner`, "ownerId"),
    at("PATCH", `/users/${user}`, "firstName"),
    at("PATCH", `/users/${user}`, "pictureUrl"),
    at("POST", "/users", "username"),
    at("POST", "/users", "email", "username"),
    at("POST", "/users", "password", "username"),
  ];

  test.each(attacks.json_types.map((value) => [JSON.stringify(value), value]))(
    "%s is refused",
    async (_text, value) => {
      for (const [method, path, [first = "", ...rest]] of calls()) {
        const nullable = value === null && /firstName|pictureUrl|ownerId|email|username/.test(first);
        if (nullable) continue;
        const body = JSON.stringify({ ...Object.fromEntries(rest.map((key) => [key, `text-${key}`])), [first]: value });
        expect([method, path, first, (await send(method, `/api${path}`, { body })).status]).toEqual([
          method,
          path,
          first,
          400,
        ]);
      }
      const filter = encodeURIComponent(JSON.stringify({ username: value }));
      const filtered = await send("GET", `/api/users?filter=${filter}`);
      expect(filtered.status).toBe(value === null ? 200 : 400);
    },
  );
});

describe("bodies sent as they are", () => {
  test.each(
    attacks.raw_json_bodies.flatMap(
      (body) =>
        [
          ["/api", body],
          ["/parsed", body],
        ] as const,
    ),
  )("below %s, %j changes no prototype and gives no rights", async (base, body) => {
    for (const [method, path] of [
      ["PATCH", `/users/${user}`],
      ["POST", "/users"],
      ["POST", "/sessions"],
    ] as const) {
      const { status } = await send(method, `${base}${path}`, { body });
      expect(status).toBeLessThan(500);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { role?: unknown }).role).toBeUndefined();
    expect((await site.muster.users.get(user)).role).toBe("user");
  });

  test("of a key given twice the last counts", async () => {
    const { body } = await send("PATCH", `/api/users/${user}`, { body: '{"firstName":"a","firstName":"b"}' });
    expect((JSON.parse(body) as { firstName: string }).firstName).toBe("b");
  });

  test("__proto__ in metadata is a key like any other", async () => {
    const body = '{"metadata":{"__proto__":{"polluted":1},"a.b":1,"":2}}';
    const changed = await send("PATCH", `/api/users/${user}`, { body });
    expect(changed.body).toContain('"metadata":{"__proto__":{"polluted":1},"a.b":1,"":2}');
  });

  test.each(["[", '{"a":', '{"metadata":{"a":'])("nesting by %j beyond all measure is refused", async (opening) => {
    const depth = 20_000;
    const closing = opening === "[" ? "]" : "}";
    const body = `${opening.repeat(depth)}1${closing.repeat(opening === '{"metadata":{"a":' ? depth * 2 : depth)}`;
    expect((await send("PATCH", `/api/users/${user}`, { body })).status).toBe(opening.length > 6 ? 413 : 400);
    const metadata = `{"metadata":${opening.repeat(5000)}1${closing.repeat(opening.length > 6 ? 10_000 : 5000)}}`;
    expect((await send("PATCH", `/api/users/${user}`, { body: metadata })).status).toBe(400);
  });
});

describe("header fields", () => {
  test.each(attacks.http_headers.map((headers) => [JSON.stringify(headers), headers]))(
    "%s leads nobody anywhere",
    async (_text, headers) => {
      const username = `u${answers.length}`;
      const made = await fetch(`${site.url}/api/users`, {
        method: "POST",
        headers: { ...json(admin), ...(headers as object) },
        body: JSON.stringify({ username }),
      });
      const text = await made.text();
      answers.push(text);
      expect([201, 401, 415]).toContain(made.status);
      const listed = await fetch(`${site.url}/api/users?limit=1`, {
        headers: { ...json(admin), ...(headers as object) },
      });
      const told = `${made.headers.get("location")} ${listed.headers.get("link")} ${text}`;
      expect(told).not.toMatch(/evil/);
      expect([200, 401]).toContain(listed.status);
      const remaining = await site.muster.users.list({ filter: { username } });
      expect(remaining.items.length).toBe(made.status === 201 ? 1 : 0);
    },
  );
});

test("no answer showed a stack, a path of ours or the database", () => {
  expect(answers.length).toBeGreaterThan(500);
  for (const answer of answers) expect(answer).not.toMatch(/node_modules|\.ts:\d|\bat \S+ \(|sqlite|"status":500/i);
});
