import { describe, expect, it } from "vitest";
import type { Muster } from "../../src/muster.ts";
import { outcomeOf, password, started } from "../doubles/running.ts";
import { stores } from "../doubles/stores.ts";
import { watchedStore, writesOf } from "../doubles/watched-store.ts";

/** Every text that is handed out and taken back. */
const kindsOf = async (muster: Muster) => {
  for (const username of ["jane", "joe"]) await muster.users.create({ username, password });
  const { accessToken, refreshToken, sessionId } = await muster.sessions.login({ login: "jane", password });
  await muster.sessions.login({ login: "jane", password });
  const users = await muster.users.list({ limit: 1 });
  const filtered = await muster.users.list({ limit: 1, filter: { status: "enabled" } });
  const audit = await muster.audit.list({ limit: 1 });
  return {
    "access token": accessToken,
    "refresh token": refreshToken,
    "session id": sessionId,
    "cursor of all users": users.nextCursor ?? "",
    "cursor of some users": filtered.nextCursor ?? "",
    "cursor of the audit log": audit.nextCursor ?? "",
  };
};

type Kind = keyof Awaited<ReturnType<typeof kindsOf>>;

/** Every door such a text goes through, the one kind it opens to, and how it stays shut. */
const doors: readonly (readonly [Kind, string, (muster: Muster, text: string) => Promise<unknown>])[] = [
  ["access token", "InvalidToken", (muster, text) => muster.sessions.authenticate(text)],
  ["cursor of all users", "InvalidInput", (muster, text) => muster.users.list({ limit: 1, cursor: text })],
  [
    "cursor of some users",
    "InvalidInput",
    (muster, text) => muster.users.list({ limit: 1, filter: { status: "enabled" }, cursor: text }),
  ],
  ["cursor of the audit log", "InvalidInput", (muster, text) => muster.audit.list({ limit: 1, cursor: text })],
  ["refresh token", "InvalidRefreshToken", (muster, text) => muster.sessions.refresh(text)],
  ["session id", "SessionNotFound", (muster, text) => muster.sessions.revoke(text)],
];

describe.each(stores)("published faults of tokens taken for others, on $name", ({ open }) => {
  it("C-10 CVE-2026-101023, C-47 CVE-2026-4282: each door opens to its own kind and to no other", async () => {
    const store = watchedStore(open());
    const muster = await started({ store });
    const texts = await kindsOf(muster);
    expect(Object.values(texts).every((text) => text !== "")).toBe(true);
    let cells = 0;
    for (const [own, shut, enter] of doors) {
      for (const [kind, text] of Object.entries(texts)) {
        if (kind === own) continue;
        store.statements.length = 0;
        expect(await outcomeOf(enter(muster, text)), `${kind} as ${own}`).toBe(shut);
        expect(writesOf(store)).toEqual([]);
        cells++;
      }
    }
    for (const [own, , enter] of doors) {
      expect(await outcomeOf(enter(muster, texts[own])), own).toBe("success");
      cells++;
    }
    expect(cells).toBe(36);
  });

  it("C-41 GO-2026-4801, CVE-2026-33505: a cursor that was made up, altered or made elsewhere is refused", async () => {
    const muster = await started({ store: open() });
    const { "cursor of all users": cursor } = await kindsOf(muster);
    const elsewhere = await kindsOf(await started({ store: open() }));
    const forged = [
      elsewhere["cursor of all users"],
      Buffer.from(JSON.stringify({ key: "' or 1=1 --", id: "x", direction: "forward" })).toString("base64url"),
      ...Array.from(
        cursor,
        (_, at) => `${cursor.slice(0, at)}${cursor[at] === "A" ? "B" : "A"}${cursor.slice(at + 1)}`,
      ),
      `${cursor}=`,
      "",
    ];
    for (const text of forged) {
      expect(await outcomeOf(muster.users.list({ limit: 1, cursor: text })), text).toBe("InvalidInput");
    }
    const other = muster.tenant("acme").users.list({ limit: 1, cursor });
    expect(await outcomeOf(other)).toBe("InvalidInput");
  });

  it("C-11 CVE-2026-41164, C-55 CVE-2026-50627: a token of the same keys for another issuer or audience is refused", async () => {
    const store = open();
    const muster = await started({ store });
    await muster.users.create({ username: "jane", password });
    const neighbours = [
      { issuer: "https://other.example" },
      { audience: "https://other.example" },
      { audience: "https://users.example/" },
      { audience: "HTTPS://USERS.EXAMPLE" },
    ];
    for (const options of neighbours) {
      const neighbour = await started({ store, ...options });
      const { accessToken } = await neighbour.sessions.login({ login: "jane", password });
      expect(await outcomeOf(neighbour.sessions.authenticate(accessToken))).toBe("success");
      expect(await outcomeOf(muster.sessions.authenticate(accessToken)), JSON.stringify(options)).toBe("InvalidToken");
    }
  });
});
