import "reflect-metadata";
import { type DependencyContainer, instancePerContainerCachingFactory, container as root } from "tsyringe";
import type { Token } from "../ports/token.ts";

/**
 * The only file that knows tsyringe, and the first that loads the Reflect polyfill it throws without.
 *
 * Each instance gets a child container of its own; nothing is ever registered into the global one or into the host's.
 */
export type Container = DependencyContainer;

/** A container below the host's (or the global one): what the host registered there is found, what we add is not. */
export const childContainer = (parent: Container = root): Container => parent.createChildContainer();

/** Lets `make` fill a port, once per container and on first need, unless the host filled it already. */
export const bindDefault = <T>(container: Container, port: Token<T>, make: (container: Container) => T): void => {
  if (container.isRegistered(port, true)) return;
  // Not tsyringe's singleton: one first resolved through a child would be handed to the parent as well.
  container.register<T>(port, { useFactory: instancePerContainerCachingFactory(make) });
};

/** Puts a value that exists already into a port, in front of whatever a parent holds there. */
export const hold = <T>(container: Container, port: Token<T>, value: T): void => {
  container.register<T>(port, { useValue: value });
};

/** What fills a port. */
export const get = <T>(container: Container, port: Token<T>): T => container.resolve<T>(port);

/** Whether anything fills a port, here or in a parent. */
export const has = <T>(container: Container, port: Token<T>): boolean => container.isRegistered(port, true);
