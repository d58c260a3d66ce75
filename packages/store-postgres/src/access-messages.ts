import type { AccessChange } from "@muster/core/ports";
import type { PlacedNames } from "./names.ts";

/** A message has fewer bytes than 8,000: `NOTIFY` in PostgreSQL's manual. */
const mostBytes = 7_999;

/** Where changes of access are told of. Anybody who may connect to the database may listen there, and speak. */
export const channelOf = ({ lockKey }: PlacedNames): string =>
  `muster:access:${BigInt.asUintN(64, lockKey).toString(16)}`;

/** Undefined when it would be too long. */
export const messageOf = ({ tenant, userId }: AccessChange): string | undefined => {
  const message = JSON.stringify([tenant, userId]);
  return Buffer.byteLength(message) > mostBytes ? undefined : message;
};

/** What a notification that pg hands over tells of; undefined when it is none of ours. */
export const changeIn = (notification: unknown, channel: string): AccessChange | undefined => {
  if (typeof notification !== "object" || notification === null) return undefined;
  if (!("channel" in notification && notification.channel === channel && "payload" in notification)) return undefined;
  try {
    const content: unknown = JSON.parse(String(notification.payload));
    if (!Array.isArray(content)) return undefined;
    const [tenant, userId]: readonly unknown[] = content;
    return typeof tenant === "string" && typeof userId === "string" ? { tenant, userId } : undefined;
  } catch {
    return undefined;
  }
};
