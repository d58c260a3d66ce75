import type * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import type { InvalidInput } from "../errors.ts";
import { decoder, rule, text } from "../kernel/input.ts";
import { jsonObject } from "../kernel/json-object.ts";
import { limitSchema } from "../kernel/page-request.ts";
import type { GroupPatch, GroupQuery, MemberQuery, NewGroup } from "./group.ts";

type Decoder<T> = (input: unknown, field?: string) => Effect.Effect<T, InvalidInput>;

/** Most users that join or leave a group in one call. */
export const mostMembers = 100;

const groupId = Schema.String.check(
  rule("group_id", "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : - and not only dots", (value: string) =>
    /^(?!\.+$)[A-Za-z0-9._~:-]{1,128}$/.test(value),
  ),
);

const plain = (most: number) =>
  text(1, most).check(
    rule("control_character", "must not contain control characters", (value: string) => !/\p{Cc}/u.test(value)),
  );

const name = plain(254);
const description = Schema.optionalKey(Schema.NullOr(text(1, 1_024)));
const metadata = Schema.optionalKey(jsonObject);
const page = {
  limit: Schema.optionalKey(limitSchema),
  cursor: Schema.optionalKey(Schema.String),
  total: Schema.optionalKey(Schema.Literals(["none", "exact", "capped"])),
};

export const decodeNewGroup: Decoder<NewGroup> = decoder(
  Schema.Struct({
    id: Schema.optionalKey(groupId),
    name,
    description,
    parentId: Schema.optionalKey(Schema.NullOr(groupId)),
    metadata,
  }),
);

export const decodeGroupPatch: Decoder<GroupPatch> = decoder(
  Schema.Struct({ name: Schema.optionalKey(name), description, metadata }),
);

export const decodeGroupQuery: Decoder<GroupQuery> = decoder(
  Schema.Struct({
    ...page,
    parentId: Schema.optionalKey(Schema.NullOr(groupId)),
    status: Schema.optionalKey(Schema.Literals(["enabled", "disabled"])),
  }),
);

export const decodeMemberQuery: Decoder<MemberQuery> = decoder(Schema.Struct(page));
export const decodeGroupId: Decoder<string> = decoder(groupId);
export const decodeParentId: Decoder<string | null> = decoder(Schema.NullOr(groupId));

export const decodeMemberIds: Decoder<readonly string[]> = decoder(
  Schema.Array(
    Schema.String.check(
      rule("user_id", "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : -", (value: string) =>
        /^[A-Za-z0-9._~:-]{1,128}$/.test(value),
      ),
    ),
  ).check(
    rule(
      "max_items",
      `must be 1 to ${mostMembers} ids`,
      (value: readonly string[]) => value.length >= 1 && value.length <= mostMembers,
    ),
  ),
);
