import { OperatorNode, PostgresQueryCompiler, type SchemableIdentifierNode, type UnaryOperationNode } from "kysely";
import type { Names } from "./names.ts";

/**
 * Puts the schema in front of every table of ours, wherever it stands: a statement reaches our tables whatever the
 * connection's `search_path`, and whatever else has their names.
 */
export class QualifyingCompiler extends PostgresQueryCompiler {
  readonly #names: Names;

  constructor(names: Names) {
    super();
    this.#names = names;
  }

  protected override visitSchemableIdentifier(node: SchemableIdentifierNode): void {
    const { name } = node.identifier;
    if (node.schema === undefined && name.startsWith("muster_")) this.append(this.#names.qualified(name));
    else super.visitSchemableIdentifier(node);
  }

  /**
   * Keeps `exists` what it is, a test of one row. The planner would make a join of it, and of a list with a hundred
   * tags a join of a hundred tables, over whose order it thinks for seconds.
   */
  protected override visitUnaryOperation(node: UnaryOperationNode): void {
    super.visitUnaryOperation(node);
    if (OperatorNode.is(node.operator) && node.operator.operator === "exists") this.append(" is true");
  }
}
