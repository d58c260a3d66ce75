import { InvalidConfiguration } from "../errors.ts";
import type { AttemptRule } from "../ports/attempt-store.ts";

/**
 * How failed logins make wait. NIST SP 800-63B-4 §3.2.2 allows 100 failures in a row and suggests waits that grow up to an
 * hour and addresses that are known; OWASP ASVS 5.0 6.1.1 and 6.3.1 ask for limits by which nobody is locked out in malice.
 */
export interface ThrottlingOptions {
  /** Failures of one login from one address before the first wait: 2–100, 5 unless given. */
  readonly pairFailures?: number;
  /** The same of one login from all addresses together, for those that are not familiar: 2–100, 10 unless given. */
  readonly loginFailures?: number;
  /** The same of one address with any logins, for those it is not familiar to: 2–100,000, 50 unless given. */
  readonly addressFailures?: number;
  /** The first wait, doubled by each failure after it: 1–3,600, 1 unless given. */
  readonly firstWaitSeconds?: number;
  /** What it grows to: `firstWaitSeconds`–86,400, 900 unless given. */
  readonly longestWaitSeconds?: number;
  /** Failures in a row of a login after which only `ceilingWaitSeconds` are waited: 2–100, 100 unless given. */
  readonly ceiling?: number;
  /** `longestWaitSeconds`–315,360,000 (ten years), 86,400 unless given: one attempt a day is left. */
  readonly ceilingWaitSeconds?: number;
  /** So long after the last wait failures are forgotten: 60–31,536,000, 86,400 unless given; of addresses after 3,600 at most. */
  readonly forgetSeconds?: number;
  /** How long an address is familiar to a login that got in from there: 0–3,650, 90 unless given. */
  readonly familiarDays?: number;
}

/** {@link ThrottlingOptions}, decided. */
export interface ThrottlingSettings {
  readonly pair: AttemptRule;
  readonly login: AttemptRule;
  readonly address: AttemptRule;
  readonly familiarMilliseconds: number;
}

/** Checks the options and fills in the defaults; undefined for `false`. Throws InvalidConfiguration. */
export const throttlingSettings = (options: ThrottlingOptions | false): ThrottlingSettings | undefined => {
  if (options === false) return undefined;
  const whole = (name: keyof ThrottlingOptions, least: number, most: number, usual: number): number => {
    const value = options[name] ?? usual;
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const reason = `The option 'throttling.${name}' must be a whole number from ${least} to ${most}.`;
    throw new InvalidConfiguration({ reason });
  };
  const firstWait = whole("firstWaitSeconds", 1, 3_600, 1);
  const longestWait = whole("longestWaitSeconds", firstWait, 86_400, Math.max(900, firstWait));
  const forget = whole("forgetSeconds", 60, 31_536_000, 86_400);
  const rule = {
    firstWaitMilliseconds: firstWait * 1_000,
    longestWaitMilliseconds: longestWait * 1_000,
    ceiling: whole("ceiling", 2, 100, 100),
    ceilingWaitMilliseconds: whole("ceilingWaitSeconds", longestWait, 315_360_000, 86_400) * 1_000,
    forgetMilliseconds: forget * 1_000,
  };
  return {
    pair: { ...rule, from: whole("pairFailures", 2, 100, 5) },
    login: { ...rule, from: whole("loginFailures", 2, 100, 10) },
    // Many people may share an address: no ceiling, and no long memory.
    address: {
      ...rule,
      from: whole("addressFailures", 2, 100_000, 50),
      ceiling: Number.MAX_SAFE_INTEGER,
      ceilingWaitMilliseconds: rule.longestWaitMilliseconds,
      forgetMilliseconds: Math.min(forget, 3_600) * 1_000,
    },
    familiarMilliseconds: whole("familiarDays", 0, 3_650, 90) * 86_400_000,
  };
};
