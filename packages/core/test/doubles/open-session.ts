import type { Muster } from "../../src/muster.ts";
import type { StoreModule } from "../../src/ports/storage.ts";
import type { SessionTokens } from "../../src/session/session.ts";
import { password, type Started, started } from "./running.ts";
import { type SteeredClock, steeredClock } from "./steered-clock.ts";
import { type WatchedStore, watchedStore } from "./watched-store.ts";

export interface OpenSession {
  readonly muster: Muster;
  readonly store: WatchedStore<never>;
  readonly clock: SteeredClock;
  readonly userId: string;
  readonly first: SessionTokens;
}

/** Jane's first session, under a clock and over a store that are watched. */
export const openSession = async (module: StoreModule, options: Omit<Started, "store"> = {}): Promise<OpenSession> => {
  const clock = steeredClock();
  const store = watchedStore(module);
  const muster = await started({ ...options, store, ports: { clock, ...options.ports } });
  const { id: userId } = await muster.users.create({ username: "jane", password });
  return { muster, store, clock, userId, first: await muster.sessions.login({ login: "jane", password }) };
};
