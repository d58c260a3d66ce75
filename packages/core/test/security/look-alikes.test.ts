import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../../store-sqlite/src/index.ts";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import { outcomeOf, started } from "../doubles/running.ts";
import { newFile } from "../doubles/stores.ts";

interface Collision {
  readonly cp: string;
  readonly [operation: string]: string;
}

const { collisions } = JSON.parse(
  readFileSync(new URL("../fixtures/unicode-ascii-collisions.json", import.meta.url), "utf8"),
) as { readonly collisions: readonly Collision[] };

/** Equality as a stranger would test it: by Unicode alone, without our own forms. */
const folded = (text: string): string => text.normalize("NFKC").toLowerCase().normalize("NFKC");

const doors = [
  { field: "username", around: (middle: string, index: number) => `j${middle}e${index}` },
  { field: "email", around: (middle: string, index: number) => `j${middle}e${index}@users.example` },
  { field: "email", around: (middle: string, index: number) => `jane@u${middle}s${index}.example` },
] as const;

const databases = [
  { name: "memory", open: (): StoreModule => memoryStore() },
  { name: "SQLite", open: () => sqliteStore(newFile(), { synchronous: "normal" }) as StoreModule<never> },
];

describe.each(databases)("characters that turn into ASCII, on $name", ({ open }) => {
  it.each(doors)("make no second account of one $field", async ({ field, around }) => {
    const muster = await started({ store: open() });
    let tried = 0;
    let second = 0;
    for (const [index, { cp, ...operations }] of collisions.entries()) {
      const character = String.fromCodePoint(Number.parseInt(cp.slice(2), 16));
      const odd = around(character, index);
      for (const plain of new Set(
        [...Object.values(operations), folded(character)].map((text) => around(text, index)),
      )) {
        if (!/^[\x20-\x7e]+$/.test(plain)) continue;
        tried++;
        const first = await muster.users.create({ [field]: plain }).catch(() => undefined);
        const outcome = await outcomeOf(muster.users.create({ [field]: odd }));
        expect(outcome, cp).toMatch(/^(?:success|InvalidInput|UsernameTaken|EmailTaken)$/);
        if (outcome === "success") {
          second++;
          expect(folded(odd), `${cp} beside ${plain}`).not.toBe(folded(plain));
        }
        if (first !== undefined) {
          const found = field === "username" ? muster.users.findByUsername(plain) : muster.users.findByEmail(plain);
          expect((await found).id, `${cp} beside ${plain}`).toBe(first.id);
        }
      }
    }
    expect(tried).toBeGreaterThan(collisions.length * 0.9);
    expect(second).toBeLessThan(tried / 2);
  });
});
