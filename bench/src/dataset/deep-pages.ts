import type { Muster, UserSort } from "@muster/core";

/** Where nine tenths of a list have been read, by sort: the cursor, and the row it stands behind. */
export type DeepPages = {
  readonly [Sort in DeepSort]: { readonly cursor: string; readonly key: string | number; readonly id: string };
};

export const deepSorts = ["-createdAt", "lastName"] as const satisfies readonly UserSort[];
type DeepSort = (typeof deepSorts)[number];

/** Walks the list of enabled users page by page: a cursor is given out only by the page before. */
export const findDeepPages = async (muster: Muster, size: number): Promise<DeepPages> => {
  const walk = async (sort: DeepSort) => {
    let cursor: string | null = null;
    for (let read = 0; read < size * 0.95 * 0.9; read += 100) {
      const page = await muster.users.list({
        filter: { status: "enabled" },
        sort,
        limit: 100,
        ...(cursor !== null && { cursor }),
      });
      const last = page.items.at(-1);
      if (page.nextCursor === null || last === undefined) throw new Error("The list ended too early.");
      cursor = page.nextCursor;
      if (read + 100 < size * 0.95 * 0.9) continue;
      const key = sort === "lastName" ? (last.lastName ?? "").toLowerCase() : last.createdAt.getTime();
      return { cursor, key, id: last.id };
    }
    throw new Error("The list is empty.");
  };
  return { "-createdAt": await walk("-createdAt"), lastName: await walk("lastName") };
};
