import { describe, expect, test } from "vitest";
import { anInstance, brokenRules, numberOfUsers, refusal } from "../instance.ts";

const nested = (levels: number): unknown => (levels === 1 ? { leaf: 1 } : { inner: nested(levels - 1) });
const metadataOfBytes = (bytes: number) => ({ text: "x".repeat(bytes - '{"text":""}'.length) });
const astral = "\u{1F600}";
const address = (length: number) =>
  `${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(length - 244)}`;
const tags = (count: number) => Array.from({ length: count }, (_, index) => `tag ${index}`);

/** Field, what is just allowed, what is just not, and the rule that says so. */
const limits: readonly (readonly [field: string, allowed: unknown, refused: unknown, rule: string])[] = [
  ["id", "x".repeat(128), "x".repeat(129), "user_id"],
  ["id", "A-Za-z0-9._~:", "a/b", "user_id"],
  ["id", "mee", "me", "user_id"],
  ["id", "counts", "count", "user_id"],
  ["id", "..a", "..", "user_id"],
  ["firstName", "x".repeat(254), "x".repeat(255), "length"],
  ["firstName", astral.repeat(254), astral.repeat(255), "length"],
  ["firstName", "x", "", "length"],
  ["lastName", "x".repeat(254), "x".repeat(255), "length"],
  ["displayName", "x".repeat(254), "x".repeat(255), "length"],
  ["firstName", "Ana Luísa", "Ana\nLuísa", "control_character"],
  ["lastName", "O'Hara", "O\u0000Hara", "malformed_text"],
  ["lastName", "O'Hara", "O\uD800Hara", "malformed_text"],
  ["email", address(254), address(255), "length"],
  ["email", "a@b.example", "a@b", "email"],
  ["username", "x".repeat(254), "x".repeat(255), "length"],
  ["username", astral.repeat(254), astral.repeat(255), "length"],
  ["username", "x", "", "length"],
  ["username", "j d", "j\td", "invisible_character"],
  ["username", "j d", "j\u0085d", "invisible_character"],
  ["username", "j d", "j\u200Bd", "invisible_character"],
  ["username", "j d", "j\u00ADd", "invisible_character"],
  ["username", "j d", "\u202Ejd", "invisible_character"],
  ["username", "j d", "jd\uFE0F", "invisible_character"],
  ["username", "j d", " jd", "surrounding_space"],
  ["username", "j d", "jd ", "surrounding_space"],
  ["username", "j d", "\u00A0jd", "surrounding_space"],
  ["username", "j d", "jd\u3000", "surrounding_space"],
  ["username", "at", "j@d", "username_like_email"],
  ["username", "at", "j\uFF20d.example", "username_like_email"],
  ["tags", tags(100), tags(101), "max_items"],
  ["tags", ["x".repeat(64)], ["x".repeat(65)], "length"],
  ["tags", ["x"], [""], "length"],
  ["tags", [" "], ["a\u0000"], "malformed_text"],
  ["tags", ["a b"], ["a\nb"], "control_character"],
  ["metadata", metadataOfBytes(65_536), metadataOfBytes(65_537), "max_bytes"],
  ["metadata", { a: "é".repeat(32_764) }, { a: "é".repeat(32_765) }, "max_bytes"],
  ["metadata", nested(32), nested(33), "json_object"],
  ["metadata", { a: [] }, [], "json_object"],
  ["metadata", { "": null }, { a: "\u0000" }, "json_object"],
  ["metadata", { "a.b": 1 }, { "a\u0000b": 1 }, "json_object"],
  ["metadata", { a: "\uD83D\uDE00" }, { a: "\uD83D" }, "json_object"],
  ["privateMetadata", metadataOfBytes(65_536), metadataOfBytes(65_537), "max_bytes"],
  ["privateMetadata", nested(32), nested(33), "json_object"],
  ["pictureUrl", `https://x.example/${"p".repeat(2030)}`, `https://x.example/${"p".repeat(2031)}`, "length"],
  ["pictureUrl", "http://x.example", "ftp://x.example", "http_url"],
  ["pictureUrl", "HTTPS://x.example/%20", "javascript:alert(1)", "http_url"],
  ["pictureUrl", "https://x.example:8443/a?b=c#d", "//x.example/a", "http_url"],
  ["pictureUrl", "https://x.example/@", "https://user:secret@x.example/", "http_url"],
  ["pictureUrl", "https://x.example/a", " https://x.example/a", "http_url"],
  ["pictureUrl", "https://x.example/a", "https://x.example/a\n", "http_url"],
  ["pictureUrl", "https://x.example/a", "ht\ntps://x.example/a", "http_url"],
  ["pictureUrl", "https://x.example/a", "https:x.example", "http_url"],
  ["pictureUrl", "https://x.example/a", "https:\\\\x.example", "http_url"],
  ["pictureUrl", "https://[::1]/a", "https://", "http_url"],
  ["phoneNumber", "1".repeat(64), "1".repeat(65), "phone_number"],
  ["phoneNumber", "+44 (0)20-7946.0958 x12 #1*/", "+44 20 CALL ME", "phone_number"],
  ["phoneNumber", "1", " ", "phone_number"],
  ["locale", "pt-BR", "pt_BR", "locale"],
  ["locale", "zh-Hant-TW", "", "locale"],
  ["locale", "en", "en-", "locale"],
  ["role", "admin", "owner", "type"],
  ["status", "pending", "deleted", "type"],
  ["emailVerified", false, "true", "type"],
  ["ownerId", "somebody", "some body", "user_id"],
];

describe("what a new user may have", () => {
  test.each(limits)(
    "%s: the limit is allowed, one step beyond is refused and changes nothing (%#)",
    async (field, allowed, refused, rule) => {
      const muster = await anInstance();
      const named = field === "username" ? {} : { username: "somebody" };
      const broken = await brokenRules(muster.users.create({ ...named, [field]: refused }));
      expect(broken.map((issue) => issue.replace(/\.\d+:/, ":"))).toContain(`${field}: ${rule}`);
      expect(await numberOfUsers(muster)).toBe(0);
      const created = await muster.users.create({ ...named, [field]: allowed });
      if (field !== "emailVerified") expect(created).toHaveProperty(field, allowed);
    },
  );

  test("null means absent for every field that may be absent", async () => {
    const muster = await anInstance();
    const absent = { email: null, firstName: null, lastName: null, displayName: null, phoneNumber: null, locale: null };
    const created = await muster.users.create({ username: "jane", ...absent, pictureUrl: null, ownerId: null });
    expect(created).toMatchObject({ ...absent, pictureUrl: null, ownerId: null, metadata: {}, tags: [] });
  });

  test("null is no value for metadata, tags, role, status, id or password", async () => {
    const muster = await anInstance();
    for (const field of ["metadata", "privateMetadata", "tags", "role", "status", "id", "password", "emailVerified"]) {
      const [broken] = await brokenRules(muster.users.create({ username: "jane", [field]: null }));
      expect(broken).toMatch(new RegExp(`^${field}: (type|json_object)$`));
    }
  });

  test("every broken rule is told at once, with its field, and no message repeats what was given", async () => {
    const muster = await anInstance();
    const error = await refusal(
      muster.users.create({
        username: "secret\u0000name ",
        email: "secret@",
        firstName: "secret".repeat(50),
        tags: ["fine", "secret\u0007", ""],
        metadata: { secret: Number.NaN },
        phoneNumber: "secret",
        locale: "secret!",
        pictureUrl: "secret:secret",
        role: "secret" as never,
        status: 7 as never,
        nickname: "secret",
      } as never),
    );
    if (error._tag !== "InvalidInput") throw error;
    expect(error.issues.map(({ field, rule }) => `${field}: ${rule}`).sort()).toEqual([
      "email: email",
      "firstName: length",
      "locale: locale",
      "metadata: json_object",
      "nickname: unknown_key",
      "phoneNumber: phone_number",
      "pictureUrl: http_url",
      "role: type",
      "status: type",
      "tags.1: control_character",
      "tags.2: length",
      "username: invisible_character",
      "username: malformed_text",
      "username: surrounding_space",
    ]);
    expect(JSON.stringify([error.message, error.issues.map(({ message }) => message)])).not.toContain("secret");
    for (const { message } of error.issues) expect(message).toMatch(/^(must|may|is) /);
  });

  test("the order of tags is kept and repetition dropped", async () => {
    const muster = await anInstance();
    const { id } = await muster.users.create({ username: "jane", tags: ["b", "a", "b", "B", "a"] });
    expect((await muster.users.get(id)).tags).toEqual(["b", "a", "B"]);
  });

  test("a user has a username or an email", async () => {
    const muster = await anInstance();
    expect(await brokenRules(muster.users.create({ firstName: "Jane" }))).toEqual(["username: required"]);
    expect(await brokenRules(muster.users.create({ username: null, email: null }))).toEqual(["username: required"]);
    expect(await muster.users.create({ email: "jane@x.example" })).toMatchObject({ username: null });
    expect(await muster.users.create({ username: "jane" })).toMatchObject({ email: null });
  });
});
