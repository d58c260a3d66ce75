import { createHash } from "node:crypto";
import { InvalidConfiguration } from "../errors.ts";
import type { BreachedPasswords } from "../ports/breached-passwords.ts";

/** How a list of breached passwords is asked. */
export interface BreachedPasswordsOptions {
  /** Sends a request, as the global `fetch` does: give that, or one that goes through a proxy or a cache of yours. */
  readonly fetch: (url: string, init: { headers: Record<string, string>; signal: AbortSignal }) => Promise<RangeAnswer>;
  /** What the first five characters of the hash are put behind: `https://api.pwnedpasswords.com/range/` unless given. */
  readonly url?: string;
  /** How long an answer may take: 100–5,000, 1,500 unless given. */
  readonly timeoutMilliseconds?: number;
  /** In how many breached accounts a password is before it counts: 1 unless given. */
  readonly least?: number;
}

/** The part of a `Response` that is looked at. */
export interface RangeAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: () => Promise<string>;
}

const prefixLength = 5;

/**
 * Asks a list for a range of hashes: the first five hexadecimal characters of the password's SHA-1 are sent, the rest is
 * compared here (k-anonymity; the range API of Have I Been Pwned, v3). Answers are asked to be padded, so that their length
 * says nothing either. SHA-1 is that of the list; it protects nothing here.
 */
export const breachedPasswords = (options: BreachedPasswordsOptions): BreachedPasswords => {
  const { fetch, url = "https://api.pwnedpasswords.com/range/", timeoutMilliseconds = 1_500, least = 1 } = options;
  if (typeof fetch !== "function") throw broken("fetch", "a function");
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw broken("url", "an http or https URL");
  requireWhole("timeoutMilliseconds", timeoutMilliseconds, 100, 5_000);
  requireWhole("least", least, 1, 1_000_000_000);

  return {
    has: async (password) => {
      const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const headers = { "Add-Padding": "true" };
      const answer = await fetch(`${url}${hash.slice(0, prefixLength)}`, { headers, signal });
      if (!answer.ok) throw new Error(`The list of breached passwords answered ${answer.status}.`);
      return countIn(await answer.text(), hash.slice(prefixLength)) >= least;
    },
  };
};

/** Lines are `<rest of the hash>:<count>`; a count of 0 is padding. */
const countIn = (range: string, rest: string): number => {
  for (const line of range.split("\n")) {
    const [suffix, count] = line.trim().split(":");
    if (suffix?.toUpperCase() === rest) return Number(count) || 0;
  }
  return 0;
};

const requireWhole = (name: string, value: number, least: number, most: number): void => {
  if (!(Number.isSafeInteger(value) && value >= least && value <= most)) {
    throw broken(name, `a whole number from ${least} to ${most}`);
  }
};

const broken = (name: string, rule: string): InvalidConfiguration =>
  new InvalidConfiguration({ reason: `The option '${name}' of breachedPasswords must be ${rule}.` });
