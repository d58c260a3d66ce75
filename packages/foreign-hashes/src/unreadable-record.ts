/** A record of another system that cannot be turned into a text to store. Its message holds nothing of the hash. */
export class UnreadableRecord extends Error {
  override readonly name = "UnreadableRecord";
  /** The system the record was said to be of, e.g. `Keycloak`. */
  readonly system: string;

  constructor(system: string, reason: string) {
    super(`This is no password record of ${system} that can be brought along: ${reason}.`);
    this.system = system;
  }
}
