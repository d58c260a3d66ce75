import { createMuster, memoryStore } from "@muster/core";
import { walk } from "./walk.js";

console.log(await walk(await createMuster({ store: memoryStore(), issuer: "https://smoke.example" }), "in memory"));
