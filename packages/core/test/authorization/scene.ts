import type { MusterOptions, Operations, UserStatus, UserView } from "../../src/index.ts";
import { actingAs, anInstance, aPerson } from "../instance.ts";

export const standings = ["system", "admin", "self", "owner", "other", "anonymous"] as const;
export type Standing = (typeof standings)[number];
export type Caller = Operations<UserView, never>;

/** A user in a status, and a caller for every way of standing to that user. */
export const aScene = async (status: UserStatus = "enabled", options: Partial<MusterOptions> = {}) => {
  const muster = await anInstance(options);
  await aPerson(muster, { role: "admin" });
  const [boss, owner, other] = [await aPerson(muster, { role: "admin" }), await aPerson(muster), await aPerson(muster)];
  const given = {
    username: "target",
    email: "target@x.example",
    firstName: "Tara",
    ownerId: owner.id,
    tags: ["hidden"],
    metadata: { m: 1 },
    privateMetadata: { p: 1 },
  };
  const created = await muster.users.create({ ...given, status: status === "deleted" ? "enabled" : status });
  const target = status === "deleted" ? await muster.users.delete(created.id) : created;
  const callers: Readonly<Record<Standing, Caller>> = {
    system: muster,
    admin: actingAs(muster, boss),
    self: actingAs(muster, target),
    owner: actingAs(muster, owner),
    other: actingAs(muster, other),
    anonymous: muster.as("anonymous"),
  };
  return { muster, target, callers };
};
