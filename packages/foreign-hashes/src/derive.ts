import type { DeriveForeignHash } from "@muster/core/ports";
import { schemeOf } from "./schemes.ts";

/** The program of {@link foreignHashes}, which Muster's hashing threads load. */
export const derive: DeriveForeignHash = (text, password) => {
  const recipe = schemeOf(text)?.read(text);
  if (recipe === undefined || typeof recipe === "string") throw new Error("the text was not read before");
  return recipe.derive(password);
};
