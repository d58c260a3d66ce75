import type { CallScope } from "../authorization/actor.ts";

/** A group of operations that take the call's scope first. */
export type ScopedGroup = Readonly<Record<string, (scope: CallScope, ...rest: never[]) => unknown>>;

/**
 * Prepares a group once, so that binding it to a scope costs one object.
 *
 * Each operation is bound when it is looked up: `muster.as(principal).users.get(id)` makes one function, not one for
 * each of the group. What is looked up may be kept and called alone: `const { get } = muster.users`.
 */
export const groupBinder = <Bound>(group: ScopedGroup): ((scope: CallScope) => Bound) => {
  class Group {
    readonly #scope: CallScope;

    constructor(scope: CallScope) {
      this.#scope = scope;
    }

    static {
      for (const [name, operation] of Object.entries(group)) {
        Object.defineProperty(Group.prototype, name, {
          enumerable: true,
          get(this: Group) {
            const scope = this.#scope;
            return (...rest: never[]) => operation(scope, ...rest);
          },
        });
      }
    }
  }
  // The getters are those of the group, which the caller names by its type.
  return (scope) => new Group(scope) as Bound;
};
