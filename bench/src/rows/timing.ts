import { InvalidCredentials, type LoginCredentials, type Muster, TooManyAttempts } from "@muster/core";
import type { PasswordHasher } from "@muster/core/ports";
import { hash, verify } from "@node-rs/argon2";
import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { copyOf, dataSet } from "../dataset/data-set.ts";
import { password, personAt } from "../dataset/person.ts";
import { amount, type Figure, judged, type Row } from "../figure.ts";
import { median, quantile, welch } from "../measure/statistics.ts";
import { openMuster } from "../open-muster.ts";

/** Beyond this the difference is real (the bound of TVLA; dudect's is 10). */
const bound = 4.5;
/** Of three tries two must be clean: one in five thousand runs has a false alarm otherwise. */
const tries = 3;

/** Each class of refused login: what is typed. */
type Classes = Readonly<Record<string, (index: number) => LoginCredentials>>;

/** Whether refused logins can be told apart by their duration. */
export const timing: Row = {
  name: "timing",
  keptFromLongOnly: true,
  run: async ({ quick, long, folder }) => {
    const size = quick ? 1_000 : 100_000;
    const samples = quick ? 3 : long ? 2_000 : 150;
    const discarded = quick ? 2 : 20;
    const set = await dataSet(size);
    // Failures are counted, and nobody has to wait: each comes from an address of its own, and few name the same login.
    const patient = { throttling: { loginFailures: 100 } } as const;
    const muster = await openMuster(copyOf(set, folder, "users"), patient);
    const naive = await openMuster(copyOf(set, folder, "naive"), {
      ...patient,
      ports: { passwordHasher: naiveHasher },
    });
    const throttled = await openMuster(copyOf(set, folder, "throttled"), { throttling: { firstWaitSeconds: 900 } });
    const enabled = (index: number) => personAt((index * 20) % size, size);
    const disabled = (index: number) => personAt(((index * 20) % size) + 11, size);
    const [wrong, longest] = ["incorrect horse battery", "x".repeat(256)];
    const pairs: readonly (readonly [string, Classes])[] = [
      [
        "unknown login / wrong password",
        {
          unknown: (index) => ({ login: `nobody.at.all${index}`, password: wrong }),
          wrong: (index) => ({ login: enabled(index).username, password: wrong }),
        },
      ],
      [
        "disabled user with the right password / wrong password",
        {
          disabled: (index) => ({ login: disabled(index).username, password }),
          wrong: (index) => ({ login: enabled(index).username, password: wrong }),
        },
      ],
      [
        "unknown email / unknown username",
        {
          email: (index) => ({ login: `nobody${index}@example.com`, password: wrong }),
          username: (index) => ({ login: `nobody.example.com${index}`, password: wrong }),
        },
      ],
      [
        "known / unknown with an empty password",
        {
          known: (index) => ({ login: enabled(index).username, password: "" }),
          unknown: (index) => ({ login: `nobody.at.all${index}`, password: "" }),
        },
      ],
      [
        "known / unknown with a password of 256 characters",
        {
          known: (index) => ({ login: enabled(index).username, password: longest }),
          unknown: (index) => ({ login: `nobody.at.all${index}`, password: longest }),
        },
      ],
    ];
    const figures: Figure[] = [];
    for (const [what, classes] of long || quick ? pairs : pairs.slice(0, 2)) {
      figures.push(...(await judgedPair(muster, what, classes, samples, discarded)));
    }
    figures.push(
      ...(await judgedPair(
        throttled,
        ...(await lockedPair(throttled, enabled(0).username)),
        samples,
        discarded,
        TooManyAttempts,
      )),
    );
    const [, control] = pairs[0] ?? ["", {}];
    const seen = await sampled(naive, control, Math.min(samples, 150), discarded);
    figures.push(
      judged({
        what: "positive control: a hasher that skips unknown logins",
        against: "the test must see it, else it is blind",
        value: worst(seen),
        least: 50,
        unit: " (|t|)",
        detail: `${seen[0].length} samples a class`,
      }),
    );
    await muster.close();
    await naive.close();
    await throttled.close();
    return figures;
  },
};

/** Two logins that have to wait for longer than this takes: one is a user's, and its password is right. */
const lockedPair = async (muster: Muster, username: string): Promise<readonly [string, Classes]> => {
  const nobody = "nobody.who.waits";
  for (const login of [username, nobody]) {
    const outcomes = new Set<unknown>();
    while (!outcomes.has("TooManyAttempts")) {
      const error = await muster.sessions
        .login({ login, password: "incorrect horse battery", client })
        .catch((it) => it);
      outcomes.add(error._tag);
    }
  }
  return [
    "locked user with the right password / locked unknown login",
    { user: () => ({ login: username, password, client }), unknown: () => ({ login: nobody, password, client }) },
  ];
};

/** Where those who have to wait are. */
const client = { address: "192.0.2.7" };

/** What all of them are refused with. */
type Refusal = typeof InvalidCredentials | typeof TooManyAttempts;

type Samples = readonly [readonly number[], readonly number[]];

const judgedPair = async (
  muster: Muster,
  what: string,
  classes: Classes,
  samples: number,
  discarded: number,
  refusal: Refusal = InvalidCredentials,
): Promise<readonly Figure[]> => {
  const seen: Samples[] = [];
  while (seen.length < tries && seen.filter((one) => worst(one) < bound).length < 2) {
    seen.push(await sampled(muster, classes, samples, discarded, refusal));
  }
  // The middle of three; of two, which then are clean, the worse.
  const [first, second, third] = seen.toSorted((left, right) => worst(left) - worst(right));
  const taken = third === undefined ? second : (second ?? first);
  if (taken === undefined) throw new Error("Nothing was tried.");
  const [left, right] = taken;
  const gap = Math.abs(median(left) - median(right)) / median(right);
  return [
    judged({
      what: `refused logins by duration: ${what}`,
      against: `Welch's t, all samples and the fastest 90 % and 50 %, ${samples} a class, interleaved`,
      value: worst(taken),
      most: bound,
      unit: " (|t|)",
      detail: `worst of three crops; ${seen.length} tries, two of three count`,
    }),
    judged({
      what: `gap of the medians: ${what}`,
      against: "the median duration of a refused login",
      value: gap * 100,
      // Of few samples the medians themselves are no surer than this.
      ...(samples >= 1_000 && { most: 1 }),
      unit: " %",
      detail: `${amount(median(left))} and ${amount(median(right))} ms`,
    }),
  ];
};

let calls = 0;
/** Internal ones, which are not counted as addresses. */
const addressOf = (call: number): string => `10.${(call >> 16) % 256}.${(call >> 8) % 256}.${call % 256}`;

/** Milliseconds of the two classes' calls, one after the other, drawn in random order. */
const sampled = async (
  muster: Muster,
  classes: Classes,
  count: number,
  discarded: number,
  refusal: Refusal = InvalidCredentials,
): Promise<Samples> => {
  const [first, second] = Object.values(classes);
  if (first === undefined || second === undefined) throw new Error("There are two classes.");
  const samples: readonly [number[], number[]] = [[], []];
  const plan = [...Array(count).fill(0), ...Array(count).fill(1)].map((side: 0 | 1) => ({ side, at: Math.random() }));
  const order = [
    ...Array.from({ length: discarded }, (_, index) => index % 2),
    ...plan.toSorted((a, b) => a.at - b.at).map(({ side }) => side),
  ];
  for (const [index, side] of order.entries()) {
    const credentials = { client: { address: addressOf(calls++) }, ...(side === 0 ? first : second)(index) };
    const begun = performance.now();
    await muster.sessions.login(credentials).then(
      () => Promise.reject(new Error("A login that should be refused went through.")),
      (error: unknown) => (error instanceof refusal ? undefined : Promise.reject(error)),
    );
    const milliseconds = performance.now() - begun;
    if (index >= discarded) samples[side === 0 ? 0 : 1].push(milliseconds);
  }
  return samples;
};

/** The largest |t| over all samples, the fastest nine tenths and the fastest half. */
const worst = ([left, right]: Samples): number => {
  const cropped = (rank: number): number => {
    const limit = quantile([...left, ...right], rank);
    const within = (values: readonly number[]) => values.filter((value) => value <= limit);
    return Math.abs(welch(within(left), within(right)));
  };
  return Math.max(...[1, 0.9, 0.5].map(cropped).filter(Number.isFinite));
};

/** The fault that the test is there to find. */
const naiveHasher: PasswordHasher = {
  hash: (text) => Effect.promise(() => hash(Redacted.value(text))),
  verify: (text, phc) => Effect.promise(() => verify(phc, Redacted.value(text))),
  verifyNothing: () => Effect.void,
  isOutdated: () => false,
  inspect: () => ({ scheme: "none", refusal: null }),
  hardened: () => Effect.succeedNone,
};
