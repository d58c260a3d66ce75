import {
  EmailTaken,
  errorFacts,
  InvalidConfiguration,
  InvalidInput,
  StoreUnavailable,
  TooBusy,
  TooManyAttempts,
  UnsupportedSchema,
} from "@muster/core";
import { expect, test } from "vitest";
import { HttpProblem, isUnexpected, problemResponse } from "../src/problem.ts";
import { errorTitles } from "../src/problem-kinds.ts";

const bodyOf = (error: unknown): unknown => JSON.parse(String(problemResponse(error).body));

test("an error of the core keeps its code, status and message", () => {
  expect(bodyOf(new EmailTaken())).toEqual({
    type: "urn:muster:problems#email_taken",
    title: "Email taken",
    status: 409,
    code: "email_taken",
    detail: "This email is taken.",
  });
});

test("every rule an input breaks is told", () => {
  const issues = [{ field: "tags.3", rule: "length", message: "must be short" }];
  expect(bodyOf(new InvalidInput({ issues }))).toMatchObject({ status: 400, errors: issues });
});

test("an error of another copy of the core is known by its tag", () => {
  const foreign = Object.assign(new Error("This email is taken."), { _tag: "EmailTaken", code: "email_taken" });
  expect(problemResponse(foreign).status).toBe(409);
});

test.each([
  new Error("secret"),
  new StoreUnavailable({ reason: "secret", retryable: true, cause: new Error("secret") }),
  new UnsupportedSchema({ reason: "secret" }),
  new InvalidConfiguration({ reason: "secret" }),
  Object.assign(new Error("secret"), { _tag: "NotOurs" }),
  { toString: () => "secret" },
  "secret",
  undefined,
  null,
])("what is wrong inside stays inside", (error) => {
  const response = problemResponse(error);
  expect(response.status).toBeGreaterThanOrEqual(500);
  expect(JSON.stringify(response)).not.toMatch(/secret|stack|cause|problem\.test/);
});

test("503 says when to come back, in whole seconds", () => {
  expect(problemResponse(new TooBusy({ retryAfterSeconds: 1.2 })).headers["Retry-After"]).toBe("2");
  expect(problemResponse(new TooManyAttempts({ retryAfterSeconds: 900 })).headers["Retry-After"]).toBe("900");
  expect(problemResponse(new StoreUnavailable({ reason: "", retryable: false })).headers["Retry-After"]).toBe("1");
});

test("the host hears of bugs and settings only", () => {
  expect(isUnexpected(new Error("x"))).toBe(true);
  expect(isUnexpected(new InvalidConfiguration({ reason: "x" }))).toBe(true);
  expect(isUnexpected(new EmailTaken())).toBe(false);
  expect(isUnexpected(new StoreUnavailable({ reason: "x", retryable: true }))).toBe(false);
  expect(isUnexpected(new HttpProblem("malformed_json", "x"))).toBe(false);
});

test("every error has a title of its own", () => {
  expect(Object.keys(errorTitles).sort()).toEqual(Object.keys(errorFacts).sort());
  expect(new Set(Object.values(errorTitles)).size).toBe(Object.keys(errorTitles).length);
});
