import { createMuster, type Muster } from "@muster/core";
import { bootstrapAdmin } from "./bootstrap-admin.ts";
import { createApp } from "./create-app.ts";
import { failureSentence } from "./failure-sentence.ts";
import { addressOf, listen } from "./listen.ts";
import { mailerOf } from "./mailer.ts";
import { readSettings } from "./settings.ts";
import { stopOnSignal } from "./stop-on-signal.ts";
import { storeOf } from "./store.ts";
import { welcome } from "./welcome.ts";

const start = async (): Promise<void> => {
  const settings = readSettings(process.env);
  // The port first: the links of mails name it, and a password made before a failed start would be known to nobody.
  const { server, serve } = await listen(settings);
  let muster: Muster | undefined;
  try {
    muster = await createMuster({
      store: storeOf(settings.database),
      issuer: settings.issuer,
      secret: settings.secret,
      mail: { origin: settings.origin ?? addressOf(server, settings), productName: "Muster quickstart" },
      ports: { mailer: mailerOf(settings) },
    });
    stopOnSignal(server, muster);
    // Before anybody is answered: who finds the app up finds the admin there.
    const admin = await bootstrapAdmin(muster, settings.adminPassword);
    serve(createApp(muster));
    console.log(welcome(server, settings, admin));
  } catch (error) {
    server.close();
    server.closeAllConnections();
    await muster?.close();
    throw error;
  }
};

try {
  await start();
} catch (error) {
  console.error(failureSentence(error));
  process.exitCode = 1;
}
