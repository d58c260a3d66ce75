import { isOurs, type Names } from "@muster/store-kysely";
import {
  OffsetNode,
  OperatorNode,
  PostgresQueryCompiler,
  type SchemableIdentifierNode,
  SelectQueryNode,
  type UnaryOperationNode,
  ValueNode,
} from "kysely";

/**
 * Puts schema and name of the host's choice in the place of every table of ours, wherever it stands: a statement reaches our tables whatever the
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
    if (node.schema === undefined && isOurs(name)) this.append(this.#names.qualified(name));
    else super.visitSchemableIdentifier(node);
  }

  /**
   * Keeps `exists` what it is here, a look-up for one row: the subquery gets an `offset 0`, which the planner does not
   * look through. Otherwise it makes a join of it, and of a list with a hundred tags a join of a hundred tables, over
   * whose order it thinks for seconds; or it reads everybody with a common tag for a page of fifty.
   */
  protected override visitUnaryOperation(node: UnaryOperationNode): void {
    const { operator, operand } = node;
    const isExists = OperatorNode.is(operator) && operator.operator === "exists";
    const query = isExists && SelectQueryNode.is(operand) ? { ...operand, offset: nothingSkipped } : operand;
    super.visitUnaryOperation({ ...node, operand: query });
  }
}

const nothingSkipped: OffsetNode = OffsetNode.create(ValueNode.createImmediate(0));
