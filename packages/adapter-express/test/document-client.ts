import type { OpenApiDocument } from "@muster/http";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";

/** What an operation of the document is called with. */
export interface CallInput {
  readonly token?: string | undefined;
  readonly path?: { readonly [name: string]: string };
  readonly query?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** An answer that was found to be as the document says. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies were checked against their schema.
  readonly body: any;
}

interface Operation {
  readonly operationId: string;
  readonly responses: {
    readonly [status: string]: { readonly headers?: object; readonly content?: { readonly [type: string]: unknown } };
  };
}

/** A client that knows of the API only what its document says, and holds every answer against it. */
export class DocumentClient {
  readonly driven: Set<string> = new Set();
  private readonly operations = new Map<string, { method: string; path: string; operation: Operation }>();
  private readonly ajv = addFormats.default(new Ajv2020({ strict: true, strictSchema: false, allowUnionTypes: true }));
  private readonly origin: string;
  private readonly basePath: string;

  constructor(origin: string, document: OpenApiDocument) {
    this.origin = origin;
    const server = document.servers[0]?.url ?? "/";
    this.basePath = server === "/" ? "" : server;
    this.ajv.addSchema({ ...document }, "document");
    for (const [path, methods] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(methods)) {
        const typed = operation as unknown as Operation;
        this.operations.set(typed.operationId, { method, path, operation: typed });
      }
  }

  get operationIds(): readonly string[] {
    return [...this.operations.keys()];
  }

  async call(operationId: string, status: number, input: CallInput = {}): Promise<Answer> {
    const found = this.operations.get(operationId);
    if (found === undefined) throw new Error(`The document has no operation ${operationId}.`);
    const path = found.path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(input.path?.[name] ?? ""));
    const response = await fetch(`${this.origin}${this.basePath}${path}${input.query ?? ""}`, {
      method: found.method.toUpperCase(),
      headers: {
        ...(input.token !== undefined && { Authorization: `Bearer ${input.token}` }),
        ...(input.body !== undefined && { "Content-Type": "application/json" }),
        ...input.headers,
      },
      ...(input.body !== undefined && { body: JSON.stringify(input.body) }),
    });
    const text = await response.text();
    expect(response.status, `${operationId}: ${text}`).toBe(status);
    this.driven.add(operationId);
    return { status, headers: response.headers, body: this.check(found, status, response, text) };
  }

  /** Fails unless status, header fields, content type and body are what the document says of the operation. */
  private check(
    { method, path, operation }: { method: string; path: string; operation: Operation },
    status: number,
    response: Response,
    text: string,
  ): unknown {
    const described = operation.responses[String(status)];
    if (described === undefined) throw new Error(`${operation.operationId} does not describe status ${status}.`);
    for (const name of Object.keys(described.headers ?? {}))
      if (!["ETag", "Link"].includes(name)) expect(response.headers.get(name), name).not.toBeNull();
    const [type] = Object.keys(described.content ?? {});
    if (type === undefined) {
      expect(text).toBe("");
      return undefined;
    }
    expect(response.headers.get("content-type")).toBe(`${type}; charset=utf-8`);
    const body: unknown = JSON.parse(text);
    const pointer = ["paths", path, method, "responses", String(status), "content", type, "schema"]
      .map((step) => step.replaceAll("~", "~0").replaceAll("/", "~1"))
      .map(encodeURIComponent)
      .join("/");
    const valid = this.ajv.validate({ $ref: `document#/${pointer}` }, body);
    expect(valid ? [] : this.ajv.errors, `${operation.operationId} ${status}: ${text}`).toEqual([]);
    return body;
  }
}
