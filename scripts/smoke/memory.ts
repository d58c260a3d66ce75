import { createMuster } from "@muster/core";
import { walk } from "./walk.js";

console.log(await walk(await createMuster({ issuer: "https://smoke.example" }), "in memory"));
