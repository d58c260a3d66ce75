import * as Effect from "effect/Effect";
import * as Schema from "effect/Schema";
import { type InputIssue, InvalidInput } from "../errors.ts";
import { decoder, rule } from "../kernel/input.ts";
import { limitSchema } from "../kernel/page-request.ts";
import type { Grant, GrantQuery, PermissionOn, Resource, ResourceQuery } from "./grant.ts";
import { isWord, type PermissionRules } from "./permission-rules.ts";

type Decoder<T> = (input: unknown, field?: string) => Effect.Effect<T, InvalidInput>;

/** Most grants that are set or removed in one call. */
export const mostGrants = 500;
/** Most questions in one call. */
export const mostQuestions = 100;
/** Most ids of resources in one answer. */
export const mostResources = 1_000;

const word = Schema.String.check(rule("word", "must be 1 to 128 of A-Z a-z 0-9 . _ ~ : -", isWord));
const id = { userId: Schema.optionalKey(word), groupId: Schema.optionalKey(word) };
const resource = { resourceType: word, resourceId: word };

const many = <T>(item: Schema.Codec<T, unknown>, most: number): Schema.Codec<readonly T[], unknown> =>
  Schema.Array(item).check(
    rule(
      "max_items",
      `must be 1 to ${most} of them`,
      (value: readonly T[]) => value.length >= 1 && value.length <= most,
    ),
  ) as Schema.Codec<readonly T[], unknown>;

interface LooseGrant extends PermissionOn {
  readonly userId?: string;
  readonly groupId?: string;
}

const decodeLooseGrants = decoder(
  many<LooseGrant>(Schema.Struct({ ...id, ...resource, permission: word }), mostGrants),
);
const decodeLooseQuestions = decoder(
  many<PermissionOn>(Schema.Struct({ ...resource, permission: word }), mostQuestions),
);

export const decodeResource: Decoder<Resource> = decoder(Schema.Struct(resource));
export const decodeGrantQuery: Decoder<GrantQuery> = decoder(
  Schema.Struct({ limit: Schema.optionalKey(limitSchema), cursor: Schema.optionalKey(Schema.String) }),
);

export const decodeResourceQuery: Decoder<ResourceQuery> = decoder(
  Schema.Struct({
    userId: word,
    permission: word,
    resourceType: word,
    after: Schema.optionalKey(word),
    limit: Schema.optionalKey(
      Schema.Number.check(
        rule(
          "range",
          `must be a whole number from 1 to ${mostResources}`,
          (value: number) => Number.isSafeInteger(value) && value >= 1 && value <= mostResources,
        ),
      ),
    ),
  }),
);

/** Grants of what is declared, each to one user or one group. */
export const decodeGrants: (rules: PermissionRules, input: unknown) => Effect.Effect<readonly Grant[], InvalidInput> =
  Effect.fnUntraced(function* (rules, input) {
    const loose = yield* decodeLooseGrants(input, "grants");
    const issues = loose.flatMap((grant, index) => [
      ...undeclared(rules, grant, `grants.${index}`),
      ...((grant.userId === undefined) === (grant.groupId === undefined)
        ? [{ field: `grants.${index}`, rule: "one_grantee", message: "must name either userId or groupId" }]
        : []),
    ]);
    if (issues.length > 0) return yield* new InvalidInput({ issues });
    return loose.flatMap(({ userId, groupId, resourceType, resourceId, permission }): readonly Grant[] => {
      const on = { resourceType, resourceId, permission };
      if (userId !== undefined) return [{ userId, ...on }];
      return groupId === undefined ? [] : [{ groupId, ...on }];
    });
  });

/** Questions about what is declared. */
export const decodeQuestions: (
  rules: PermissionRules,
  input: unknown,
) => Effect.Effect<readonly PermissionOn[], InvalidInput> = Effect.fnUntraced(function* (rules, input) {
  const questions = yield* decodeLooseQuestions(input, "questions");
  const issues = questions.flatMap((question, index) => undeclared(rules, question, `questions.${index}`));
  return issues.length > 0 ? yield* new InvalidInput({ issues }) : questions;
});

/** What is wrong with a type and a permission: nothing, if they are declared. */
export const undeclared = (
  rules: PermissionRules,
  { resourceType, permission }: Pick<PermissionOn, "resourceType" | "permission">,
  field = "",
): readonly InputIssue[] => {
  const at = (name: string): string => (field === "" ? name : `${field}.${name}`);
  if (!rules.hasType(resourceType)) {
    const message = "must be a resource type of the option 'permissions'";
    return [{ field: at("resourceType"), rule: "unknown_resource_type", message }];
  }
  if (rules.has(resourceType, permission)) return [];
  const message = "must be a permission that the option 'permissions' has for this resource type";
  return [{ field: at("permission"), rule: "unknown_permission", message }];
};
