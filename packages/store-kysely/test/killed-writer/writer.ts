// Uses a database as an app does, eight users at a time, and tells of every call that was answered, until it is killed.
// Arguments: `sqlite <file>` or `postgres <url> <schema>`, then a name that no writer before had.
import { once } from "node:events";
import { writeSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { createMuster } from "../../../core/src/index.ts";
import { quickHasher } from "../../../core/test/doubles/hashers.ts";
import { namedStore } from "../named-store.ts";
import type { Acknowledgement } from "./acknowledgements.ts";

const args = process.argv.slice(2);
const name = args.at(-1) ?? "";
const store = await namedStore(args);
// A process that is killed writes no cache when it ends; the next writers start in half the time with it.
flushCompileCache();
writeSync(1, "ready\n");
await once(process.stdin, "data");
const startedAt = performance.now();
const muster = await createMuster({ store, issuer: "https://app.example", ports: { passwordHasher: quickHasher() } });
writeSync(1, `open ${Math.round(performance.now() - startedAt)}\n`);

const tell = (acknowledgement: Acknowledgement): void => void writeSync(1, `${JSON.stringify(acknowledgement)}\n`);

const password = "correct horse battery staple";

const liveOne = async (id: string): Promise<void> => {
  const { users, sessions } = muster;
  await users.create({ id, username: id, email: `${id}@x.test`, password, tags: [name], metadata: { at: 0 } });
  tell({ id, version: 1 });
  const session = await sessions.login({ login: id, password });
  tell({ id, session: session.sessionId });
  await users.update(id, { firstName: "Jane", metadata: { at: 1, by: name } });
  tell({ id, version: 2 });
  await sessions.refresh(session.refreshToken);
  await users.changeUsername(id, `${id}-again`);
  tell({ id, version: 3 });
  if (Math.random() < 0.5) return;
  await users.delete(id);
  tell({ id, version: 4 });
  if (Math.random() < 0.5) return;
  await users.purge(id);
  tell({ id, isPurged: true });
};

const work = async (worker: number): Promise<void> => {
  for (let number = 0; ; number++) await liveOne(`${name}-${worker}-${number}`);
};
await Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)));
