import { memoryStore, type StoreModule } from "@muster/core";

/** Every store the router is driven on, by name. */
export const stores: readonly (readonly [name: string, open: () => StoreModule<never>])[] = [
  ["memory", () => memoryStore()],
];
