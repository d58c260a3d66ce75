import { expect, test } from "vitest";
import { addressOf, listen } from "../src/listen.ts";
import { readSettings } from "../src/settings.ts";

test("a request that comes before the app is ready waits for it, and so does nobody after", async () => {
  const settings = readSettings({ PORT: "0" });
  const { server, serve } = await listen(settings);
  try {
    const arrived = new Promise((resolve) => server.once("request", resolve));
    const early = fetch(addressOf(server, settings));
    await arrived;
    serve((_, response) => void response.end("ready"));
    expect(await (await early).text()).toBe("ready");
    expect(await (await fetch(addressOf(server, settings))).text()).toBe("ready");
  } finally {
    server.close();
    server.closeAllConnections();
  }
}, 10_000);
