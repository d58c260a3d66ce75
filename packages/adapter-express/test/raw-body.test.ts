import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { musterRouter } from "../src/index.ts";
import { json, password, site } from "./site.ts";

const loginBody = JSON.stringify({ login: "admin", password });

test("only JSON in UTF-8 is taken", async () => {
  const { url } = await site();
  const send = async (
    headers: Record<string, string>,
    body: NonNullable<RequestInit["body"]> = loginBody,
  ): Promise<number> => (await fetch(`${url}/api/sessions`, { method: "POST", headers, body })).status;
  expect(await send({ "Content-Type": "application/json; charset=UTF-8" })).toBe(201);
  expect(await send({ "Content-Type": 'Application/JSON;charset="utf-8"' })).toBe(201);
  for (const type of [
    "text/plain",
    "application/json; charset=utf-16",
    "application/x-www-form-urlencoded",
    "application/jsonp",
    "application/json, text/plain",
    "multipart/form-data",
  ])
    expect([type, await send({ "Content-Type": type })]).toEqual([type, 415]);
  expect(await send({}, new Uint8Array(new TextEncoder().encode(loginBody)))).toBe(415);
  expect(await send({ "Content-Type": "application/json", "Content-Encoding": "gzip" })).toBe(415);
  expect(await send(json(), new Uint8Array([0x22, 0xff, 0x22]))).toBe(400);
  expect(await send(json(), "{")).toBe(400);
  expect(await send(json(), "[]")).toBe(400);
});

test("a body beyond the limit is refused, announced or not", async () => {
  const { url } = await site((app, muster) => app.use("/api", musterRouter(muster, { bodyLimitBytes: 1000 })));
  const big = JSON.stringify({ login: "admin", password: "x".repeat(2000) });
  const announced = await fetch(`${url}/api/sessions`, { method: "POST", headers: json(), body: big });
  expect(((await announced.json()) as { code: string }).code).toBe("body_too_large");
  const stream = new ReadableStream({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode(big));
      controller.close();
    },
  });
  const chunked = await fetch(`${url}/api/sessions`, {
    method: "POST",
    headers: json(),
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(413);
  const endless = await new Promise<number | undefined>((resolve, reject) => {
    const upload = httpRequest(`${url}/api/sessions`, { method: "POST", headers: json() }, (response) => {
      resolve(response.statusCode);
      upload.destroy();
    }).on("error", reject);
    upload.write("x".repeat(2000));
  });
  expect(endless).toBe(413);
  const fits = await fetch(`${url}/api/sessions`, { method: "POST", headers: json(), body: loginBody });
  expect(fits.status).toBe(201);
});

test("a limit that is no number of bytes is refused at once", async () => {
  const { muster } = await site();
  for (const bodyLimitBytes of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => musterRouter(muster, { bodyLimitBytes })).toThrow(RangeError);
});

test("a client that goes away in the middle of its body harms nobody", async () => {
  const unexpected: unknown[] = [];
  const { url, server } = await site((app, muster) => {
    app.use("/api", musterRouter(muster, { onUnexpectedError: (error) => unexpected.push(error) }));
  });
  for (let round = 0; round < 5; round++) {
    const closed = new Promise<void>((resolve) =>
      server.once("connection", (socket) => socket.once("close", () => resolve())),
    );
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      `POST /api/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"login":`,
    );
    setTimeout(() => socket.destroy(), 20);
    await closed;
  }
  expect((await fetch(`${url}/api/health`)).status).toBe(200);
  expect(unexpected).toEqual([]);
});
