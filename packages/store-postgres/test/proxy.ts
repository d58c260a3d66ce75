import { connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut. */
export interface CuttableWay {
  /** The connection string by way of it. */
  readonly url: string;
  /** Looks at everything that clients send; breaks the connection, both ends of it, when told to. */
  watch: (sent: string) => "pass" | "cut before" | "cut after the answer";
  readonly close: () => void;
}

/** Stands between clients and the server of a connection string. */
export const startProxy = async (url: string): Promise<CuttableWay> => {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    let isCut = false;
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", cut).on("close", cut);
    }
    client.on("data", (data) => {
      const what = proxy.watch(data.toString("latin1"));
      if (what === "cut before") return cut();
      isCut ||= what === "cut after the answer";
      upstream.write(data);
    });
    upstream.on("data", (data) => (isCut ? cut() : client.write(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("The proxy has no port.");
  const way = new URL(url);
  way.host = `127.0.0.1:${address.port}`;
  const proxy: CuttableWay = {
    url: way.href,
    watch: () => "pass",
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return proxy;
};
