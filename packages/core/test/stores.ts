import { memoryStore, type StoreModule } from "../src/index.ts";

/** The stores over which what a user sees is tested, each opened empty. */
export const stores: readonly { readonly name: string; readonly open: () => StoreModule }[] = [
  { name: "memory", open: memoryStore },
];
