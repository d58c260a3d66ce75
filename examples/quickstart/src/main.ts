import type { Server } from "node:http";
import { createMuster } from "@muster/core";
import { bootstrapAdmin } from "./bootstrap-admin.ts";
import { createApp } from "./create-app.ts";
import { failureSentence } from "./failure-sentence.ts";
import { listen } from "./listen.ts";
import { readSettings } from "./settings.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { storeOf } from "./store.ts";
import { welcome } from "./welcome.ts";

const start = async (): Promise<void> => {
  const settings = readSettings(process.env);
  const muster = await createMuster({ store: storeOf(settings.database), issuer: settings.issuer });
  let server: Server | undefined;
  try {
    // The port first: a password made before a failed start would be known to nobody.
    server = await listen(createApp(muster), settings);
    stopOnSignal(server, muster);
    const admin = await bootstrapAdmin(muster, settings.adminPassword);
    console.log(welcome(server, settings, admin));
  } catch (error) {
    server?.close();
    await muster.close();
    throw error;
  }
};

try {
  await start();
} catch (error) {
  console.error(failureSentence(error));
  process.exitCode = 1;
}
