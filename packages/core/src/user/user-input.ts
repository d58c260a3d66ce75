import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { passwordText } from "../authentication/password-input.ts";
import type { InvalidInput } from "../errors.ts";
import { decoder, rule, text } from "../kernel/input.ts";
import { jsonObject } from "../kernel/json-object.ts";
import { canonicalEmail, comparable, hasInvisible } from "../kernel/text.ts";
import type { IfVersion, NewUser, PasswordOptions, UserPatch, UserRole } from "./user.ts";

/** What comes from outside about a user, checked. The limits and their reasons stand beside the fields in `user.ts`. */

type Decoder<T> = (input: unknown, field?: string) => Effect.Effect<T, InvalidInput>;

const name = text(1, 254).check(
  rule("control_character", "must not contain control characters", (value: string) => !/\p{Cc}/u.test(value)),
);

const userId = Schema.String.check(
  rule(
    "user_id",
    "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : - and neither 'me', 'count' nor only dots",
    (value: string) => /^[A-Za-z0-9._~:-]{1,128}$/.test(value) && !/^(?:me|count|\.+)$/.test(value),
  ),
);

const username = text(1, 254).check(
  rule(
    "invisible_character",
    "must not contain control or invisible characters",
    (value: string) => !hasInvisible(value),
  ),
  rule("surrounding_space", "must not begin or end with a space", (value: string) => value.trim() === value),
  rule(
    "username_like_email",
    "may contain '@' only when it is a whole email address",
    (value: string) => !comparable(value).includes("@") || canonicalEmail(value) !== undefined,
  ),
);

const email = text(1, 254).check(
  rule(
    "email",
    "must be an email address like name@example.com",
    (value: string) => canonicalEmail(value) !== undefined,
  ),
);

const tag = text(1, 64).check(
  rule("control_character", "must not contain control characters", (value: string) => !/\p{Cc}/u.test(value)),
);

const tags = Schema.Array(tag).check(
  rule("max_items", "must be at most 100 tags", (value: readonly string[]) => value.length <= 100),
);

const requiredAction = Schema.String.check(
  rule("required_action", "must be 1 to 64 of A-Z 0-9 _", (value: string) => /^[A-Z0-9_]{1,64}$/.test(value)),
);

const requiredActions = Schema.Array(requiredAction).check(
  rule("max_items", "must be at most 20 actions", (value: readonly string[]) => value.length <= 20),
);

const phoneNumber = Schema.String.check(
  rule("phone_number", "must be 1 to 64 digits, spaces and + - ( ) . / # * x, a digit among them", (value: string) =>
    /^(?=.*\d)[0-9+\-() ./#*x]{1,64}$/.test(value),
  ),
);

const locale = Schema.String.check(
  rule("locale", "must be a BCP 47 language tag like pt-BR", (value: string) => {
    if (value.length > 35) return false;
    try {
      return Intl.getCanonicalLocales(value).length === 1;
    } catch {
      return false;
    }
  }),
);

const pictureUrl = text(1, 2048).check(
  rule("http_url", "must be an absolute http or https URL without credentials", (value: string) => {
    // The URL parser forgives spaces, line breaks and missing slashes; whoever shows the picture may not.
    if (!/^https?:\/\/[^\s\\\p{Cc}\p{Cf}]+$/iu.test(value) || !URL.canParse(value)) return false;
    const url = new URL(value);
    return /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  }),
);

const role = Schema.Literals(["user", "admin"]);
const optional = <T>(schema: Schema.Codec<T, unknown>) => Schema.optionalKey(Schema.NullOr(schema));

const profile = {
  firstName: optional(name),
  lastName: optional(name),
  displayName: optional(name),
  phoneNumber: optional(phoneNumber),
  locale: optional(locale),
  pictureUrl: optional(pictureUrl),
  metadata: Schema.optionalKey(jsonObject),
  privateMetadata: Schema.optionalKey(jsonObject),
};

export const decodeNewUser: Decoder<NewUser> = decoder(
  Schema.Struct({
    ...profile,
    id: Schema.optionalKey(userId),
    username: optional(username),
    email: optional(email),
    emailVerified: Schema.optionalKey(Schema.Boolean),
    password: Schema.optionalKey(Schema.String),
    passwordHash: Schema.optionalKey(Schema.String),
    tags: Schema.optionalKey(tags),
    role: Schema.optionalKey(role),
    status: Schema.optionalKey(Schema.Literals(["pending", "enabled", "disabled"])),
    ownerId: optional(userId),
    invite: Schema.optionalKey(Schema.Boolean),
    requiredActions: Schema.optionalKey(requiredActions),
  }),
);

export const decodeUserPatch: Decoder<UserPatch> = decoder(Schema.Struct(profile));
export const decodeUserId: Decoder<string> = decoder(userId);
export const decodeOwnerId: Decoder<string | null> = decoder(Schema.NullOr(userId));
export const decodeUsername: Decoder<string | null> = decoder(Schema.NullOr(username));
export const decodeEmail: Decoder<string | null> = decoder(Schema.NullOr(email));
export const decodeTags: Decoder<readonly string[]> = decoder(tags);
export const decodeRequiredActions: Decoder<readonly string[]> = decoder(requiredActions);
export const decodeRole: Decoder<UserRole> = decoder(role);
/** A password somebody wants to have: the policy judges it. */
export const decodeNewPassword: Decoder<string> = decoder(Schema.String);
export const decodePasswordHash: Decoder<string> = decoder(Schema.String);
/** A password somebody says they have. */
export const decodeOldPassword: Decoder<string> = decoder(passwordText);

const version = Schema.optionalKey(
  Schema.Number.check(
    rule(
      "version",
      "must be a whole number of at least 1",
      (value: number) => Number.isSafeInteger(value) && value >= 1,
    ),
  ),
);

export const decodeIfVersion: Decoder<IfVersion> = decoder(Schema.Struct({ version }));
export const decodePasswordOptions: Decoder<PasswordOptions> = decoder(
  Schema.Struct({ version, temporary: Schema.optionalKey(Schema.Boolean) }),
);
