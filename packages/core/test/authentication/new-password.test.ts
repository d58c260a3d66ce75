import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type BreachedPasswordsOptions, breachedPasswords } from "../../src/builtin/breached-passwords.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { MusterOptions } from "../../src/options.ts";
import { failureOf, outcomeOf, started } from "../doubles/running.ts";

const breached = "trustworthy giraffe";
const rare = "seldom seen giraffe";
const fine = "correct horse battery";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex").toUpperCase();

interface Seen {
  readonly paths: string[];
  readonly paddings: (string | undefined)[];
}

/** A list of breaches as its API speaks: what stands for each prefix, or how it goes wrong. */
const listServer = async (answer: "list" | "error" | "silence" = "list") => {
  const seen: Seen = { paths: [], paddings: [] };
  const server = createServer((request, response) => {
    seen.paths.push(request.url ?? "");
    seen.paddings.push(request.headers["add-padding"]?.toString());
    if (answer === "silence") return;
    if (answer === "error") response.statusCode = 503;
    const prefix = request.url?.split("/").at(-1) ?? "";
    const lines = [
      ...[breached, rare, fine]
        .filter((text) => sha1(text).startsWith(prefix))
        .map((text) => `${sha1(text).slice(5)}:${text === breached ? 512 : text === rare ? 2 : 0}`),
      `${"0".repeat(35)}:0`,
    ];
    response.end(lines.join("\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/range/` };
};

const withList = (options: Omit<BreachedPasswordsOptions, "fetch">, passwords: MusterOptions["passwords"] = {}) =>
  started({
    store: memoryStore(),
    passwords,
    ports: { breachedPasswords: breachedPasswords({ fetch: (url, init) => fetch(url, init), ...options }) },
  });

const rulesOf = async (call: Promise<unknown>): Promise<readonly string[]> => {
  const error = await failureOf(call);
  return error instanceof Error && "issues" in error
    ? (error.issues as { rule: string }[]).map(({ rule }) => rule)
    : expect.fail(String(error));
};

describe("a new password that is known from a breach", () => {
  it("is refused wherever passwords are chosen, and no more than five characters of its hash are sent", async () => {
    const { seen, url } = await listServer();
    const muster = await withList({ url });
    const jane = await muster.users.create({ username: "jane", password: fine });
    expect(await rulesOf(muster.users.create({ username: "john", password: breached }))).toEqual(["password_breached"]);
    expect(await rulesOf(muster.users.setPassword(jane.id, breached))).toEqual(["password_breached"]);
    expect(seen.paths.at(-1)).toBe(`/range/${sha1(breached).slice(0, 5)}`);
    expect(new Set(seen.paddings)).toEqual(new Set(["true"]));
    expect(await outcomeOf(muster.sessions.login({ login: "jane", password: breached }))).toBe("InvalidCredentials");
    expect(seen.paths).toHaveLength(3);
  });

  it("is told together with all other rules it breaks", async () => {
    const { url } = await listServer();
    const muster = await withList({ url }, { minLength: 20, composition: { digits: 1, uppercase: 2 } });
    expect(await rulesOf(muster.users.create({ username: "trustworthygiraffe", password: breached }))).toEqual([
      "password_too_short",
      "password_uppercase",
      "password_digits",
      "password_context_word",
      "password_breached",
    ]);
  });

  it("counts from as many breaches on as are asked for; padding is none", async () => {
    const { url } = await listServer();
    const muster = await withList({ url, least: 3 });
    expect(await outcomeOf(muster.users.create({ username: "rare", password: rare }))).toBe("success");
    expect(await outcomeOf(muster.users.create({ username: "fine", password: fine }))).toBe("success");
    expect(await outcomeOf(muster.users.create({ username: "known", password: breached }))).toBe("InvalidInput");
  });

  it("is not asked for when it is too long or no text", async () => {
    const { seen, url } = await listServer();
    const muster = await withList({ url });
    for (const password of ["a".repeat(300), "a\u0000bcdefghij"]) {
      expect(await outcomeOf(muster.users.create({ username: "jane", password }))).toBe("InvalidInput");
    }
    expect(seen.paths).toEqual([]);
  });

  it.each(["error", "silence"] as const)(
    "is accepted, or refused, as configured, when the list answers with %s",
    async (answer) => {
      const { url } = await listServer(answer);
      const list = { url, timeoutMilliseconds: 100 };
      const [open, closed] = [await withList(list), await withList(list, { whenBreachesUnknown: "refuse" })];
      expect(await outcomeOf(open.users.create({ username: "jane", password: breached }))).toBe("success");
      expect(await rulesOf(closed.users.create({ username: "jane", password: breached }))).toEqual([
        "password_unchecked",
      ]);
    },
  );
});

it.each([
  { fetch: "fetch" as never },
  { fetch, url: "ftp://x.test/" },
  { fetch, timeoutMilliseconds: 60_000 },
  { fetch, least: 0 },
])("a list of breaches is not made of %j", (options) => {
  expect(() => breachedPasswords(options)).toThrow(/breachedPasswords/);
});

it.each([
  { composition: { digits: 17 } },
  { composition: { emoji: 1 } as never },
  { whenBreachesUnknown: "ask" as never },
])("does not start with %j", async (passwords) => {
  expect(await outcomeOf(started({ store: memoryStore(), passwords }))).toBe("InvalidConfiguration");
});
