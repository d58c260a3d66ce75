import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalEmail,
  canonicalUsername,
  comparable,
  compareCodePoints,
  hasInvisible,
  isStorable,
} from "../../src/kernel/text.ts";

const fixture = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8"));

interface Names<Value> {
  readonly values: readonly Value[];
}
const emailsAndUsernames = fixture("emails-and-usernames.json") as {
  readonly emails_refuse: Names<string>;
  readonly emails_same_account: Names<readonly [string, string]>;
  readonly emails_not_same: Names<readonly [string, string]>;
  readonly usernames_watch: Names<string>;
};
const collisionsOfAscii = fixture("unicode-ascii-collisions.json") as {
  readonly invisibleRanges: readonly string[];
  readonly collisions: readonly Collision[];
};

interface Collision {
  readonly cp: string;
  readonly nfkc?: string;
  readonly upper?: string;
}

const characterAt = (point: string): string => String.fromCodePoint(Number.parseInt(point.slice(2), 16));
const { collisions } = collisionsOfAscii;

/** Characters that fold, compose or sort in an unusual way, and any others. */
const oddCharacter = fc.constantFrom(
  ..."aAzZ0@._- \u212A\uFF21\uFF41\uFF20\u0130\u0131\u00DF\u1E9E\u03A3\u03C3\u03C2\u017F\uFB01\u00B5\u0345\u0307\u0323\u0301\u0390\u1FB3\u01C5",
  ..."\uAC00\u1100\u1161\u200D\uE000\uFFFF\u{10400}\u{1F600}\u{1D400}\u13A0\uAB70",
);
const text = fc.oneof(
  fc.string({ unit: oddCharacter, maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);

describe("the comparable form", () => {
  it.each([
    ["a Kelvin sign is a k", "\u212Aate", "kate"],
    ["full-width letters are plain ones", "Ｊａｎｅ", "jane"],
    ["a ligature is its letters", "ﬁne", "fine"],
    ["case does not matter", "McDOWELL", "mcdowell"],
    ["a sharp s is a double s", "STRAßE", "strasse"],
    ["a capital sharp s is one too", "STRAẞE", "strasse"],
    ["a final sigma is a sigma", "ΟΔΥΣΣΕΥΣ", "οδυσσευσ"],
    ["a dotted capital I keeps its dot", "İ", "i\u0307"],
    ["a dotless i stays itself", "adm\u0131n", "adm\u0131n"],
    ["composition does not matter", "jose\u0301", "jos\u00E9"],
    ["letters of other scripts stay theirs", "\u0430dmin", "\u0430dmin"],
    ["a long s is an s", "\u017Fam", "sam"],
    ["mathematical letters are plain ones", "\u{1D400}bc", "abc"],
    ["letters beyond U+FFFF fold too", "\u{10400}", "\u{10428}"],
    ["zero-width characters stay, to be refused elsewhere", "ad\u200Bmin", "ad\u200Bmin"],
  ])("%s", (_, typed, form) => {
    expect(comparable(typed)).toBe(form);
  });

  it("of a comparable form is itself", () => {
    fc.assert(
      fc.property(text, (typed) => comparable(comparable(typed)) === comparable(typed)),
      { numRuns: 5000 },
    );
  });

  it("of every single character is stable", () => {
    const unstable: string[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const form = comparable(String.fromCodePoint(point));
      if (comparable(form) !== form) unstable.push(point.toString(16));
    }
    expect(unstable).toEqual([]);
  });

  it("of a character that NFKC turns into ASCII is that of the ASCII", () => {
    const different = collisions.filter(
      ({ cp, nfkc }) => nfkc !== undefined && comparable(characterAt(cp)) !== comparable(nfkc),
    );
    expect(different).toEqual([]);
  });

  it("of a letter with a mark is not that of the bare letter", () => {
    const bare = collisions.filter(({ cp, nfkc }) => nfkc === undefined && /^[a-z]$/.test(comparable(characterAt(cp))));
    expect(bare).toEqual([]);
  });

  it("does not depend on the case typed, but for a dotless i", () => {
    fc.assert(
      fc.property(text, (typed) => {
        fc.pre(!typed.includes("\u0131"));
        expect(comparable(typed.normalize("NFC").toUpperCase())).toBe(comparable(typed));
      }),
      { numRuns: 5000 },
    );
  });

  it("does not depend on how the text is composed", () => {
    fc.assert(
      fc.property(text, fc.constantFrom("NFC", "NFD", "NFKC", "NFKD"), (typed, composition) => {
        expect(comparable(typed.normalize(composition))).toBe(comparable(typed));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("the canonical form of an email", () => {
  it.each(emailsAndUsernames.emails_refuse.values.map((value) => [value]))("refuses %j", (typed) => {
    expect(canonicalEmail(typed)).toBeUndefined();
  });

  it.each([
    ["a path behind the domain", "a@x.test/evil.test"],
    ["a backslash behind the domain", "a@x.test\\evil.test"],
    ["a query behind the domain", "a@x.test?evil"],
    ["a fragment behind the domain", "a@x.test#evil"],
    ["a port", "a@x.test:80"],
    ["a domain in percent code", "a@x%2etest"],
    ["a domain without a dot", "a@localhost"],
    ["an IPv4 address", "a@127.0.0.1"],
    ["an IPv4 address in hexadecimal", "a@0x7f.1"],
    ["a dot at the end", "a@x.test."],
    ["an underscore in the domain", "a@x_y.test"],
    ["an ideographic full stop in the domain", "a@x\u3002test"],
    ["a zero-width space", "a\u200Bb@x.test"],
    ["a soft hyphen in the domain", "a@x\u00ADy.test"],
    ["full-width letters", "ａ@x.test"],
    ["a long s", "\u017Fam@x.test"],
    ["a ligature", "\uFB01@x.test"],
  ])("refuses %s", (_, typed) => {
    expect(canonicalEmail(typed)).toBeUndefined();
  });

  it.each([
    ["ordinary", "Jane.Doe+tag@Example.Test", "jane.doe+tag@example.test"],
    ["with every special character of an atom", "!#$%&'*+/=?^_`{|}~-@x.test", "!#$%&'*+/=?^_`{|}~-@x.test"],
    ["of another script", "用户@例子.测试", "用户@xn--fsqu00a.xn--0zwm56d"],
    ["with a Kelvin sign, which is a K", "\u212Aate@x.test", "kate@x.test"],
    ["with a sharp s, which stays", "straße@x.test", "straße@x.test"],
    ["with a dotless i, which stays", "m\u0131ke@x.test", "m\u0131ke@x.test"],
    ["with a local part of 64 bytes", `${"a".repeat(64)}@x.test`, `${"a".repeat(64)}@x.test`],
  ])("accepts an address %s", (_, typed, form) => {
    expect(canonicalEmail(typed)).toBe(form);
  });

  it.each(emailsAndUsernames.emails_same_account.values)("never makes two accounts of %j and %j", (first, second) => {
    expect([canonicalEmail(first), undefined]).toContain(canonicalEmail(second));
    expect(canonicalEmail(first)).toBeDefined();
  });

  it.each(emailsAndUsernames.emails_not_same.values)("tells %j from %j", (first, second) => {
    expect(canonicalEmail(first)).toBeDefined();
    expect(canonicalEmail(second)).toBeDefined();
    expect(canonicalEmail(first)).not.toBe(canonicalEmail(second));
  });

  it("with any one character in it is refused or canonical, and holds what could be sent by mail", () => {
    const faults: string[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      const character = String.fromCodePoint(point);
      for (const typed of [`a${character}b@x.test`, `a@x${character}y.test`]) {
        const form = canonicalEmail(typed);
        const isFine =
          form === undefined || (canonicalEmail(form) === form && /^[^@\s\p{C}]+@[a-z0-9.-]+$/u.test(form));
        if (!isFine) faults.push(point.toString(16));
      }
    }
    expect(faults).toEqual([]);
  });

  it("of a canonical form is itself", () => {
    const address = fc.tuple(text, fc.constantFrom("x.test", "X.test", "münchen.test", "xn--mnchen-3ya.test"));
    fc.assert(
      fc.property(address, ([local, domain]) => {
        const form = canonicalEmail(`${local}@${domain}`);
        return form === undefined || canonicalEmail(form) === form;
      }),
      { numRuns: 5000 },
    );
  });

  it("never turns another character into an ASCII one, but for what Unicode says is the same", () => {
    const sameInNfc = ["U+212A", "U+1FEF"];
    const turned = collisions.filter(({ cp }) => {
      const form = canonicalEmail(`a${characterAt(cp)}b@x.test`);
      return form !== undefined && /^[\x20-\x7e]*$/.test(form);
    });
    expect(turned.map(({ cp }) => cp).sort()).toEqual(sameInNfc.toSorted());
  });
});

describe("the canonical form of a username", () => {
  it("is that of the email where the username is one, however it is spelled", () => {
    for (const typed of [
      "José@MÜNCHEN.test",
      "ｊｏｓé@münchen.test",
      "jose\u0301@xn--mnchen-3ya.test",
      "josé＠münchen.test",
    ]) {
      expect(canonicalUsername(typed)).toBe("josé@xn--mnchen-3ya.test");
    }
  });

  it("is the comparable form where it is not", () => {
    expect(canonicalUsername("Jane")).toBe("jane");
    expect(canonicalUsername("@Jane")).toBe("@jane");
    expect(canonicalUsername("\u212A@te")).toBe("k@te");
  });

  it("of a canonical form is itself", () => {
    fc.assert(
      fc.property(text, (typed) => canonicalUsername(canonicalUsername(typed)) === canonicalUsername(typed)),
      { numRuns: 5000 },
    );
  });

  it("of any email is the email's", () => {
    fc.assert(
      fc.property(text, (local) => {
        const email = canonicalEmail(`${local}@X.test`);
        return email === undefined || canonicalUsername(`${local}@X.test`) === email;
      }),
    );
  });

  it("of the names people try is one of a few, or the name is refused", () => {
    const accepted = emailsAndUsernames.usernames_watch.values.filter(
      (name) => name.length <= 254 && isStorable(name) && !hasInvisible(name) && name === name.trim(),
    );
    const forms = new Map<string, string[]>();
    for (const name of accepted)
      forms.set(canonicalUsername(name), [...(forms.get(canonicalUsername(name)) ?? []), name]);
    expect([...forms].filter(([, names]) => names.length > 1)).toEqual([["admin", ["admin", "Admin", "ADMIN"]]]);
    expect(accepted).not.toContain("admin\u200B");
    expect(accepted).not.toContain("\u202Enimda");
    expect(accepted).not.toContain("ad\u00ADmin");
    expect(accepted).toHaveLength(25);
  });
});

describe("what may reach a store", () => {
  it("is neither U+0000 nor a lone surrogate", () => {
    for (const refused of ["a\u0000", "\u0000", "\uD800", "a\uDFFFb", "\uDE00\uD83D"])
      expect(isStorable(refused)).toBe(false);
    for (const accepted of ["", "a", "\u{1F600}", "\uFFFD", "\uFFFF"]) expect(isStorable(accepted)).toBe(true);
  });

  it("shows when a reader sees all of it", () => {
    for (const range of collisionsOfAscii.invisibleRanges) {
      const [first = "", last = first] = range.split("..");
      for (const end of [first, last]) expect([end, hasInvisible(`a${characterAt(end)}b`)]).toEqual([end, true]);
    }
    for (const seen of ["Jane O'Hara", "é", "e\u0301", "用户", "שלום", "\u{1F600}"])
      expect(hasInvisible(seen)).toBe(false);
  });
});

describe("the order of texts", () => {
  const wellFormed = fc.oneof(text, fc.string({ unit: "grapheme" })).filter((typed) => typed.isWellFormed());

  it("is the order of their bytes in UTF-8", () => {
    fc.assert(
      fc.property(wellFormed, wellFormed, (left, right) => {
        const expected = Buffer.compare(Buffer.from(left), Buffer.from(right));
        expect(Math.sign(compareCodePoints(left, right))).toBe(expected);
        expect(Math.sign(compareCodePoints(left + right, left))).toBe(right === "" ? 0 : 1);
      }),
      { numRuns: 5000 },
    );
  });

  it("puts an emoji behind the private use area, where UTF-16 has it before", () => {
    expect(compareCodePoints("\u{1F600}", "\uE000")).toBeGreaterThan(0);
    expect("\u{1F600}" < "\uE000").toBe(true);
  });
});

describe("the canonical form of a plain address", () => {
  const part = fc.string({ unit: fc.constantFrom(..."abzAZ09_+-."), minLength: 1, maxLength: 70 });
  const domain = fc.string({ unit: fc.constantFrom(..."abzAZ09-."), minLength: 1, maxLength: 70 });

  it("is the address in lower case, or none when a rule is broken", () => {
    fc.assert(
      fc.property(part, domain, (local, host) => {
        const labels = host.toLowerCase().split(".");
        const allowed =
          local.length <= 64 &&
          local.split(".").every((atom) => atom !== "") &&
          labels.length >= 2 &&
          labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) &&
          !/^\d+$/.test(labels.at(-1) ?? "");
        expect(canonicalEmail(`${local}@${host}`)).toBe(allowed ? `${local}@${host}`.toLowerCase() : undefined);
      }),
      { numRuns: 5_000 },
    );
  });
});
