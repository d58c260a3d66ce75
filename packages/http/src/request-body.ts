import { InvalidInput, type JsonObject } from "@muster/core";
import { type HttpBody, type HttpRequest, header } from "./message.ts";
import { HttpProblem } from "./problem.ts";

/** Largest body a route reads unless configured: four times the largest metadata the core takes. */
export const defaultBodyLimitBytes: number = 256 * 1024;

/**
 * The JSON object a request carries.
 *
 * Only `application/json` in UTF-8 (RFC 8259 §8.1) is taken. Of a name given twice the last counts; `__proto__` is a
 * name like any other. Throws `unsupported_media_type`, `body_too_large` or `malformed_json`, and InvalidInput when
 * the JSON is no object.
 */
export const readJsonObject = async (request: HttpRequest, limitBytes: number): Promise<JsonObject> => {
  const contentType = header(request.headers, "content-type");
  if (contentType !== undefined && !isJson(contentType)) throw wrongType();
  const body = isAnnouncedEmpty(request) ? undefined : await request.body(limitBytes);
  if (body === undefined || (!isParsed(body) && body.length === 0))
    throw new HttpProblem("malformed_json", "A JSON body is needed.");
  if (contentType === undefined) throw wrongType();
  const value = isParsed(body) ? body.parsed : parse(body, limitBytes);
  if (isObject(value)) return value;
  throw new InvalidInput({ issues: [{ field: "", rule: "type", message: "must be a JSON object" }] });
};

/** Refuses a body of an announced length, and reading what arrives beyond the limit. */
export const refuseBeyond = (lengthBytes: number, limitBytes: number): void => {
  if (lengthBytes > limitBytes)
    throw new HttpProblem("body_too_large", `The body may have at most ${limitBytes} bytes.`);
};

/** Checks the fields that frame a body which is still to be read: its coding and its announced length. */
export const checkUnreadBody = (request: Pick<HttpRequest, "headers">, limitBytes: number): void => {
  const coding = header(request.headers, "content-encoding")?.trim().toLowerCase();
  if (coding !== undefined && coding !== "" && coding !== "identity")
    throw new HttpProblem("unsupported_media_type", "The body has to come without a content coding.", {
      "Accept-Encoding": "identity",
    });
  refuseBeyond(Number(header(request.headers, "content-length") ?? 0), limitBytes);
};

/** Some parsers make an empty object of an empty body. */
const isAnnouncedEmpty = (request: HttpRequest): boolean =>
  header(request.headers, "transfer-encoding") === undefined && header(request.headers, "content-length") === "0";

const isParsed = (body: Exclude<HttpBody, undefined>): body is { readonly parsed: unknown } =>
  typeof body === "object" && "parsed" in body;

const wrongType = (): HttpProblem =>
  new HttpProblem("unsupported_media_type", "The body has to be application/json in UTF-8.", {
    Accept: "application/json",
  });

const isJson = (contentType: string): boolean =>
  /^[ \t]*application\/json[ \t]*(?:;[ \t]*charset=(?:"utf-8"|utf-8)[ \t]*)?;?[ \t]*$/i.test(contentType);

/** Strict: a byte order mark stays and is refused by the parser (RFC 8259 §8.1), bytes that are no UTF-8 throw. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const parse = (body: Uint8Array | string, limitBytes: number): unknown => {
  refuseBeyond(body.length, limitBytes);
  try {
    return JSON.parse(typeof body === "string" ? body : utf8.decode(body));
  } catch {
    throw new HttpProblem("malformed_json", "The body is not JSON in UTF-8.");
  }
};

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
