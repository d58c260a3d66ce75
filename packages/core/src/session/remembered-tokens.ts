import { everyToken } from "../ports/access-changes.ts";
import type { Principal } from "./session.ts";

/** Tokens remembered at once, oldest forgotten first: about 1 KiB each. */
const capacity = 10_000;

/**
 * Access tokens that were checked before, by their whole text, and whom they speak for.
 *
 * `forget` drops a user's tokens, so that their next use is judged by what is stored. A check that was under way at that
 * moment may have read what was stored before: `mark` before reading and hand the mark to `remember`, which then
 * declines.
 */
export class RememberedTokens {
  private readonly principals = new Map<string, Principal>();
  private readonly tokensOf = new Map<string, Set<string>>();
  private forgotten = 0;

  recall(token: string): Principal | undefined {
    return this.principals.get(token);
  }

  mark(): number {
    return this.forgotten;
  }

  remember(token: string, principal: Principal, mark: number): void {
    if (mark !== this.forgotten) return;
    if (this.principals.size >= capacity && !this.principals.has(token)) {
      const oldest = this.principals.keys().next();
      if (oldest.done !== true) this.drop(oldest.value);
    }
    this.principals.set(token, principal);
    const owner = ownerOf(principal.tenant, principal.userId);
    const tokens = this.tokensOf.get(owner);
    if (tokens === undefined) this.tokensOf.set(owner, new Set([token]));
    else tokens.add(token);
  }

  drop(token: string): void {
    const principal = this.principals.get(token);
    if (principal === undefined) return;
    this.principals.delete(token);
    const owner = ownerOf(principal.tenant, principal.userId);
    const tokens = this.tokensOf.get(owner);
    tokens?.delete(token);
    if (tokens?.size === 0) this.tokensOf.delete(owner);
  }

  forget(tenant: string, userId: string): void {
    if (tenant === everyToken.tenant) {
      this.forgetAll();
      return;
    }
    this.forgotten++;
    const owner = ownerOf(tenant, userId);
    for (const token of this.tokensOf.get(owner) ?? []) this.principals.delete(token);
    this.tokensOf.delete(owner);
  }

  forgetAll(): void {
    this.forgotten++;
    this.principals.clear();
    this.tokensOf.clear();
  }

  get size(): number {
    return this.principals.size;
  }
}

/** Neither part can hold U+0000. */
const ownerOf = (tenant: string, userId: string): string => `${tenant}\u0000${userId}`;
