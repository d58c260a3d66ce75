import { describe, expect, it } from "vitest";
import { isRefusal, setbackOf, unavailable } from "../src/failures.ts";

const withCode = (code: string, message = "no"): Error => Object.assign(new Error(message), { code });

describe("an error of the server or of the driver", () => {
  it.each([
    ["40001", "race", true, "another transaction was in the way"],
    ["40P01", "race", true, "another transaction was in the way"],
    ["55P03", "race", true, "another transaction holds a lock"],
    ["57P01", "lost", true, "it ended the connection"],
    ["57P02", "lost", true, "it ended the connection"],
    ["57P03", "lost", true, "it is starting up"],
    ["08006", "lost", true, "the connection was lost"],
    ["ECONNRESET", "lost", true, "it cannot be reached"],
    ["EPIPE", "lost", true, "it cannot be reached"],
    ["57014", undefined, true, "a statement took too long"],
    ["53100", undefined, false, "the disk is full"],
    ["53300", undefined, true, "it has not enough resources"],
    ["25006", undefined, false, "it is read-only"],
    ["28P01", undefined, false, "it refuses the login"],
    ["42501", undefined, false, "its user lacks a privilege"],
  ] as const)("%s is %s, retryable: %s", (code, setback, retryable, reason) => {
    const error = withCode(code);
    expect(setbackOf(error)).toBe(setback);
    expect(unavailable(error)).toMatchObject({ _tag: "StoreUnavailable", retryable, reason, cause: error });
  });

  it.each(["23505", "23514", "42601", "42P01", "22P02", "ERR_INVALID_ARG_TYPE"])("%s is a bug", (code) => {
    expect(setbackOf(withCode(code))).toBeUndefined();
    expect(unavailable(withCode(code))).toBeUndefined();
  });

  it("of every address of a host is one that it cannot be reached", () => {
    const error = new AggregateError([withCode("ECONNREFUSED"), withCode("ECONNREFUSED")]);
    expect(setbackOf(error)).toBe("lost");
  });
});

describe("an error of the commit", () => {
  it.each(["40001", "23505", "53100", "25P02"])("%s says that nothing was committed", (code) => {
    expect(isRefusal(withCode(code))).toBe(true);
  });

  it.each(["57P01", "57P02", "08006", "08007", "40003", "ECONNRESET", "EPIPE"])("%s leaves it open", (code) => {
    expect(isRefusal(withCode(code))).toBe(false);
  });

  it("without a code leaves it open, unless it was never sent", () => {
    expect(isRefusal(new Error("Connection terminated unexpectedly"))).toBe(false);
    expect(isRefusal(new Error("Query read timeout"))).toBe(false);
    expect(isRefusal(new Error("Client has encountered a connection error and is not queryable"))).toBe(true);
  });
});
