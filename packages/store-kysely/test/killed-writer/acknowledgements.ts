import type { Storage } from "@muster/core/ports";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";

/** What a writer was told had happened to a user; later ones of the same user come later. */
export interface Acknowledgement {
  readonly id: string;
  readonly version?: number;
  /** A session that was opened by a login. */
  readonly session?: string;
  readonly isPurged?: true;
}

const tenant = "default";
/** At this version a user is deleted, so that a purge may be under way. */
const lastVersion = 4;

/** Users of whom the database knows less than was acknowledged. */
export const forgotten = Effect.fnUntraced(function* (storage: Storage, told: readonly Acknowledgement[]) {
  const known = new Map<string, Acknowledgement>();
  for (const each of told) known.set(each.id, { ...known.get(each.id), ...each });
  const lost: Acknowledgement[] = [];
  for (const each of known.values()) {
    const { id, version = 0, session, isPurged = false } = each;
    const user = Option.getOrUndefined(yield* storage.users.find(tenant, id));
    const hasSession = session === undefined || Option.isSome(yield* storage.sessions.find(tenant, session));
    const isKept =
      user === undefined
        ? isPurged || version >= lastVersion
        : !isPurged && user.version >= version && hasSession && (session === undefined || user.loginCount > 0);
    if (!isKept) lost.push(each);
  }
  return lost;
});
