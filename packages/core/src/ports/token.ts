/** A typed name under which the container holds one port. Imports nothing, so that a store can name a port for free. */
export type Token<T> = symbol & { readonly [held]?: T };

declare const held: unique symbol;

/** Makes the token of a port. Two copies of the package agree on it, since the symbol is a registered one. */
export const token = <T>(name: string): Token<T> => Symbol.for(`@muster/core/${name}`) as Token<T>;
