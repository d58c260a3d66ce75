import * as Effect from "effect/Effect";
import { type Mutant, withFaultIn } from "./faulty.ts";

export const mutantsOfKeys: readonly Mutant[] = [
  {
    fault: "two keys follow one",
    module: () =>
      withFaultIn("keys", ({ keys }) => ({
        insert: Effect.fnUntraced(function* (key) {
          const isFirst = key.follows === "";
          return yield* keys.insert(isFirst ? key : { ...key, follows: key.id });
        }),
      })),
    broken: "a key is followed by one key of its purpose, also when it is gone itself",
  },
  {
    fault: "one key follows another whatever they are for",
    module: () =>
      withFaultIn("keys", ({ keys }) => ({
        insert: Effect.fnUntraced(function* (key) {
          const isFollowed = (yield* keys.list()).some(({ follows }) => follows === key.follows && follows !== "");
          return !isFollowed && (yield* keys.insert(key));
        }),
      })),
    broken: "a key is followed by one key of its purpose, also when it is gone itself",
  },
  {
    fault: "a key that is removed twice is said to have been there",
    module: () => withFaultIn("keys", ({ keys }) => ({ remove: (id) => Effect.as(keys.remove(id), true) })),
    broken: "a key is removed once, and no other one with it",
  },
  {
    fault: "the text of a key is replaced whatever it is",
    module: () =>
      withFaultIn("keys", ({ keys }) => ({
        replaceSecret: Effect.fnUntraced(function* (id, _from, to) {
          const key = (yield* keys.list()).find((each) => each.id === id);
          return key !== undefined && (yield* keys.replaceSecret(id, key.secretJwk, to));
        }),
      })),
    broken: "the text of a key is replaced if it is still the one that was read",
  },
  {
    fault: "a key is active when it was made",
    module: () =>
      withFaultIn("keys", ({ keys }) => ({
        insert: (key) => keys.insert({ ...key, activeAt: key.createdAt }),
      })),
    broken: "the first key of a purpose is kept, a second one is not",
  },
];
