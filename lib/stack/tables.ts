/** The three tables, named after the stack so that `chainmail --stack NAME` finds them, and who may do what with each. */

import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { type TableDefinition, type TableRole, tableDefinitions, tableNames, tableRoles } from "../store/tables.ts";
import type { Step } from "./step.ts";

/** What a step may do with the items of a table. Nobody may scan. */
export type Access = "read" | "put" | "remove";

const actions: Readonly<Record<Access, readonly string[]>> = {
  read: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
  put: ["dynamodb:PutItem"],
  remove: ["dynamodb:DeleteItem", "dynamodb:BatchWriteItem"],
};

export class Tables extends Construct {
  readonly prefix: string;
  private readonly tables: ReadonlyMap<TableRole, Table>;

  constructor(scope: Construct, id: string, prefix: string) {
    super(scope, id);
    this.prefix = prefix;
    const names = tableNames(prefix);
    this.tables = new Map(tableRoles.map((role) => [role, this.table(role, names[role], tableDefinitions[role])]));
    const output = new CfnOutput(this, "Prefix", {
      value: prefix,
      description: "What --stack of the command line takes",
    });
    output.overrideLogicalId("StackName");
  }

  grant(step: Step, access: Partial<Record<TableRole, readonly Access[]>>): void {
    for (const [role, table] of this.tables) {
      const allowed = (access[role] ?? []).flatMap((kind) => actions[kind]);
      if (allowed.length > 0) table.grant(step.function, ...allowed);
    }
  }

  private table(role: TableRole, tableName: string, { hash, range, indexes, expiry }: TableDefinition): Table {
    const table = new Table(this, role, {
      tableName,
      partitionKey: { name: hash, type: AttributeType.STRING },
      sortKey: { name: range, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      // What can't be made again by probing stands in each of them: customers, causes, the record of incidents.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // A backed-up table that is deleted stays restorable for 35 days; one that is kept would block the next deployment of its name.
      removalPolicy: RemovalPolicy.DESTROY,
      ...(expiry === null ? {} : { timeToLiveAttribute: expiry }),
    });
    for (const index of indexes)
      table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: { name: index.hash, type: AttributeType.STRING },
        sortKey: { name: index.range, type: AttributeType.NUMBER },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    return table;
  }
}
