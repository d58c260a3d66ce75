import type { Corruption } from "./corruptions.ts";

/** The same for groups and grants: `bottom` is below `middle`, and that below `top`. */
export const accessCorruptions: readonly Corruption[] = [
  {
    did: "removed a group of the tree",
    sql: "delete from muster_group_ancestors where tenant = 'acme' and group_id = 'top'",
    sentence: 'Group "top" of tenant "acme" has no place in the tree.',
  },
  {
    did: "moved a group by hand",
    sql: "update muster_groups set parent_id = 'top' where tenant = 'acme' and id = 'bottom'",
    sentence: 'Group "bottom" of tenant "acme" has another parent than the tree tells.',
  },
  {
    did: "put a group at the top by hand",
    sql: "update muster_groups set parent_id = null where tenant = 'acme' and id = 'middle'",
    sentence: 'Group "middle" of tenant "acme" has another parent than the tree tells.',
  },
  {
    did: "made a group be further away than it is",
    sql: "update muster_group_ancestors set distance = 3 where tenant = 'acme' and group_id = 'bottom' and ancestor_id = 'top'",
    sentence: 'Group "bottom" of tenant "acme" has groups above it that are not above its parent.',
  },
  {
    did: "took a group away from above another",
    sql: "delete from muster_group_ancestors where tenant = 'acme' and group_id = 'bottom' and ancestor_id = 'top'",
    sentence: 'Group "bottom" of tenant "acme" lacks groups above it that are above its parent.',
  },
  {
    did: "left a membership of a user behind",
    sql: "update muster_group_members set user_id = 'gone' where tenant = 'acme' and group_id = 'bottom'",
    sentence: 'There are memberships of user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "left a membership in a group behind",
    sql: "update muster_group_members set group_id = 'gone' where tenant = 'acme' and group_id = 'bottom'",
    sentence: 'There are memberships of group "gone" of tenant "acme", which is not there.',
  },
  {
    did: "left a grant to a user behind",
    sql: "update muster_user_grants set grantee_id = 'gone' where tenant = 'acme'",
    sentence: 'There are grants to user "gone" of tenant "acme", who is not there.',
  },
  {
    did: "left a grant to a group behind",
    sql: "update muster_group_grants set grantee_id = 'gone' where tenant = 'acme'",
    sentence: 'There are grants to group "gone" of tenant "acme", which is not there.',
  },
];
