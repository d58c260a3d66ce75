import { createHash } from "node:crypto";
import type { RandomSource } from "../ports/environment.ts";
import { base32 } from "./totp.ts";

/** Codes of a set. */
export const recoveryCodeCount = 10;

/** 120 bits: from 112 on a plain hash will do (OWASP ASVS 5.0 6.5.2), and nobody guesses one. */
const codeBytes = 15;
const codeLength = 24;
const groupLength = 6;

/** A new set of recovery codes: four groups of six letters and digits each. */
export const makeRecoveryCodes = (randomSource: RandomSource): readonly string[] =>
  Array.from({ length: recoveryCodeCount }, () =>
    (
      base32(randomSource.bytes(codeBytes))
        .toLowerCase()
        .match(new RegExp(`.{${groupLength}}`, "g")) ?? []
    ).join("-"),
  );

/** The code in what somebody typed, in any case, with spaces and dashes anywhere; undefined when it can be none. */
export const readRecoveryCode = (typed: string): string | undefined => {
  if (typed.length > 4 * codeLength) return undefined;
  const code = typed.replace(/[\s-]/g, "").toLowerCase();
  return code.length === codeLength && /^[a-z2-7]+$/.test(code) ? code : undefined;
};

/** What is stored of a code, 32 bytes: another one for every user. */
export const hashRecoveryCode = (tenant: string, userId: string, code: string): Uint8Array =>
  createHash("sha256")
    .update(JSON.stringify([tenant, userId, code.replaceAll("-", "")]))
    .digest();
