import * as Schema from "effect/Schema";
import { rule } from "../kernel/input.ts";

/**
 * In UTF-16 units, two a code point at most: no policy allows a longer password. More is refused before any work, for
 * known and unknown logins alike.
 */
const longest = 8_192;

/** A password as it comes from outside, to be checked against a hash. */
export const passwordText: Schema.Codec<string, unknown> = Schema.String.check(
  rule("max_length", `must have at most ${longest} characters`, (value: string) => value.length <= longest),
) as Schema.Codec<string, unknown>;
