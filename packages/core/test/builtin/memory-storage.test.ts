import { describe, it } from "vitest";
import { memoryStore } from "../../src/builtin/memory-storage.ts";
import { storageContract } from "../../src/testing/index.ts";

describe("the in-memory store keeps the storage contract", () => {
  storageContract({ describe, it, open: memoryStore });
});
