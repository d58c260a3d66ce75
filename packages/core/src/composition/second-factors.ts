import type { KeyObject } from "node:crypto";
import { boxKey } from "../kernel/sealed-box.ts";
import type { Clock, IdGenerator, RandomSource } from "../ports/environment.ts";
import { oneTimeTokens } from "../recovery/one-time-token.ts";
import { makeCodeAttempts } from "../second-factor/attempts.ts";
import { type CodeCheck, factorSecrets, makeCodeCheck } from "../second-factor/code-check.ts";
import { type LoginChallenges, makeLoginChallenges } from "../second-factor/login-challenge.ts";
import { makeSecondFactors, type SecondFactorCare } from "../second-factor/second-factors.ts";

interface Sources {
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly randomSource: RandomSource;
  readonly installationKey: KeyObject;
  readonly issuer: string;
}

/** Second factors, and what logins need of them. */
export interface SecondFactorWiring {
  readonly secondFactors: SecondFactorCare;
  readonly codes: CodeCheck;
  readonly challenges: LoginChallenges;
}

/** Wires second factors. */
export const wireSecondFactors = (sources: Sources): SecondFactorWiring => {
  const { clock, randomSource, installationKey, issuer } = sources;
  const secrets = factorSecrets(installationKey, randomSource);
  const attempts = makeCodeAttempts(boxKey(installationKey, "muster second factor attempts 1"), clock);
  const codes = makeCodeCheck({ ...sources, secrets, attempts });
  return {
    secondFactors: makeSecondFactors({ ...sources, secrets, codes, product: productOf(issuer) }),
    codes,
    challenges: makeLoginChallenges({ clock, tokens: oneTimeTokens(randomSource) }),
  };
};

/** An app shows the host's name rather than its address. */
const productOf = (issuer: string): string => (URL.canParse(issuer) ? new URL(issuer).hostname : "") || issuer;
