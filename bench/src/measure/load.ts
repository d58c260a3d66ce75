import { connect } from "node:net";
import { quantile } from "./statistics.ts";

/** A request, the same one over and over unless its body is made anew for each. */
export interface Target {
  readonly port: number;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | (() => string);
}

export interface LoadReport {
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/**
 * Sends a request over kept-alive connections for some time, the next as soon as the last was answered. On bare sockets,
 * so that the sender takes as little as possible of the processor that the server needs. Any answer but a 2xx throws.
 */
export const load = async (target: Target, connections: number, milliseconds: number): Promise<LoadReport> => {
  const latencies: number[] = [];
  const begun = performance.now();
  const until = begun + milliseconds;
  await Promise.all(Array.from({ length: connections }, () => talk(target, until, latencies)));
  return {
    perSecond: (latencies.length * 1_000) / (performance.now() - begun),
    p50Milliseconds: quantile(latencies, 0.5),
    p99Milliseconds: quantile(latencies, 0.99),
  };
};

const talk = (target: Target, until: number, latencies: number[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const { body } = target;
    const request = typeof body === "function" ? () => textOf(target, body()) : always(textOf(target, body));
    const socket = connect({ port: target.port, host: "127.0.0.1", noDelay: true });
    let sentAt = 0;
    let received = "";
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request());
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      latencies.push(performance.now() - sentAt);
      if (!received.startsWith("HTTP/1.1 2")) {
        socket.destroy();
        reject(new Error(`${target.path} answered ${received.slice(0, 400)}`));
        return;
      }
      received = "";
      if (performance.now() < until) send();
      else socket.end(resolve);
    });
  });

const always = (text: string) => (): string => text;

const textOf = ({ method = "GET", path, headers = {} }: Target, body = ""): string => {
  const lines = Object.entries({ host: "127.0.0.1", ...headers }).map(([name, value]) => `${name}: ${value}`);
  if (body !== "") lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
};

const isWhole = (received: string): boolean => {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = received.slice(0, end).toLowerCase();
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  if (length !== undefined) return received.length >= end + 4 + Number(length);
  return head.includes("chunked") ? received.endsWith("0\r\n\r\n") : true;
};
