import { errorFacts, type InputIssue, isMusterError, type MusterError } from "@muster/core";
import type { HttpResponse } from "./message.ts";
import { errorTitles, type HttpProblemCode, httpProblems } from "./problem-kinds.ts";

/** A problem document (RFC 9457). */
export interface Problem {
  /** `<docs>#<code>`: identifies the kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** The stable name to switch on. */
  readonly code: string;
  readonly detail?: string;
  /** Every rule the input breaks, for `invalid_input`. */
  readonly errors?: readonly InputIssue[];
  /** The version that is stored, for `version_mismatch`. */
  readonly currentVersion?: number;
  /** What completes the login, for `second_factor_required`. */
  readonly challenge?: string;
  /** What it can be completed with, for `second_factor_required`. */
  readonly factors?: readonly string[];
  /** Until when the challenge is good, for `second_factor_required`. */
  readonly expiresAt?: Date;
  /** How long ago the last proof may be, for `insufficient_authentication`. */
  readonly maxAgeSeconds?: number;
  /** By what it has to be (RFC 8176), for `insufficient_authentication`. */
  readonly methods?: readonly string[];
  /** What has to be done first, for `action_required`. */
  readonly requiredActions?: readonly string[];
}

/** Something wrong with the request itself, found before the core is asked. `message` is shown to the client. */
export class HttpProblem extends Error {
  readonly code: HttpProblemCode;
  readonly headers: { readonly [name: string]: string };
  constructor(code: HttpProblemCode, message: string, headers: { readonly [name: string]: string } = {}) {
    super(message);
    this.code = code;
    this.headers = headers;
  }
}

/** Start of every problem's `type` unless the host names its own page: a name, not an address. */
export const defaultProblemDocs = "urn:muster:problems";

interface Facts extends Omit<Problem, "type"> {
  readonly headers?: { readonly [name: string]: string };
}

/**
 * The response that tells a client of an error.
 *
 * Errors of the core keep their code, status and message, except those of status 500 and up, whose message is for the
 * host; anything unknown is `internal_error` and says nothing of itself. Never holds a stack or a cause. 401 carries
 * `WWW-Authenticate` (RFC 9110 §15.5.2, RFC 6750 §3), 429 and 503 `Retry-After`.
 */
export const problemResponse = (error: unknown, docs: string = defaultProblemDocs): HttpResponse => {
  const { headers, ...facts } = factsOf(error);
  const problem: Problem = { type: `${docs}#${facts.code}`, ...facts };
  return {
    status: facts.status,
    headers: {
      "Content-Type": "application/problem+json; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...headers,
    },
    body: JSON.stringify(problem),
  };
};

/** Whether an error is the host's business rather than the client's: a bug or a setting. */
export const isUnexpected = (error: unknown): boolean =>
  isMusterError(error) ? errorFacts[error._tag].status === 500 : !(error instanceof HttpProblem);

const factsOf = (error: unknown): Facts => {
  if (error instanceof HttpProblem) {
    const { status, title } = httpProblems[error.code];
    return { title, status, code: error.code, detail: error.message, headers: error.headers };
  }
  if (!isMusterError(error)) return { ...httpProblems.internal_error, code: "internal_error" };
  const { code, status } = errorFacts[error._tag];
  const facts: Facts = { title: errorTitles[error._tag], status, code, ...detailOf(error, status) };
  if (status === 401) return { ...facts, headers: { "WWW-Authenticate": challengeOf(error) } };
  if (status === 503 || status === 429) return { ...facts, headers: { "Retry-After": String(retryAfterOf(error)) } };
  return facts;
};

const detailOf = (error: MusterError, status: number): Omit<Problem, "type" | "title" | "status" | "code"> => {
  switch (error._tag) {
    case "InvalidInput":
      return {
        detail: error.message,
        errors: error.issues.map(({ field, rule, message }) => ({ field, rule, message })),
      };
    case "VersionMismatch":
      return { detail: error.message, currentVersion: error.current };
    case "ActionRequired":
      return { detail: error.message, requiredActions: error.actions };
    case "SecondFactorRequired": {
      const { message, challenge, factors, expiresAt } = error;
      return { detail: message, challenge, factors, expiresAt };
    }
    case "InsufficientAuthentication": {
      const { message, maxAgeSeconds, methods } = error;
      return { detail: message, ...(maxAgeSeconds !== null && { maxAgeSeconds }), methods };
    }
    case "TooBusy":
    case "Closed":
      return { detail: error.message };
    default:
      return status < 500 ? { detail: error.message } : {};
  }
};

const challengeOf = (error: MusterError): string => {
  if (error._tag === "InvalidToken") return 'Bearer error="invalid_token"';
  if (error._tag !== "InsufficientAuthentication") return "Bearer";
  // RFC 9470 §3.
  const maxAge = error.maxAgeSeconds === null ? "" : `, max_age="${error.maxAgeSeconds}"`;
  return `Bearer error="insufficient_user_authentication", error_description="${error.message}"${maxAge}`;
};

const retryAfterOf = (error: MusterError): number =>
  "retryAfterSeconds" in error ? Math.max(1, Math.ceil(error.retryAfterSeconds)) : 1;
