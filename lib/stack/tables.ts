/** The three tables, named after the stack so that `chainmail --stack NAME` finds them, and who may do what with each. */

import { Aws, CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import { type TableDefinition, type TableRole, tableDefinitions, tableNames, tableRoles } from "../store/tables.ts";
import type { Step } from "./step.ts";

/** What a step may do with the items of a table, each as one method of `lib/store/table.ts`. Nobody may scan. */
export type Access = "get" | "getMany" | "query" | "queryIndex" | "put" | "remove" | "writeMany";

const actions: Readonly<Record<Access, string>> = {
  get: "dynamodb:GetItem",
  getMany: "dynamodb:BatchGetItem",
  query: "dynamodb:Query",
  queryIndex: "dynamodb:Query",
  put: "dynamodb:PutItem",
  remove: "dynamodb:DeleteItem",
  writeMany: "dynamodb:BatchWriteItem",
};

export interface TablesProps {
  readonly prefix: string;
  /** True: they can't be deleted by mistake, and stay where the stack goes. */
  readonly keep: boolean;
  /** One of the account's own; null: AWS's. */
  readonly key: IKey | null;
}

export class Tables extends Construct {
  readonly prefix: string;
  private readonly keep: boolean;
  private readonly key: IKey | null;
  private readonly tables: ReadonlyMap<TableRole, Table>;

  constructor(scope: Construct, id: string, { prefix, keep, key }: TablesProps) {
    super(scope, id);
    this.prefix = prefix;
    this.keep = keep;
    this.key = key;
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
      for (const kind of access[role] ?? []) {
        const indexes = tableDefinitions[role].indexes.map(({ name }) => `${table.tableArn}/index/${name}`);
        allow(step, [actions[kind]], kind === "queryIndex" ? indexes : [table.tableArn]);
      }
    }
    if (this.key !== null) step.function.addToRolePolicy(useThroughTables(this.key));
  }

  private table(role: TableRole, tableName: string, { hash, range, indexes, expiry }: TableDefinition): Table {
    const table = new Table(this, role, {
      tableName,
      partitionKey: { name: hash, type: AttributeType.STRING },
      sortKey: { name: range, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(this.key === null
        ? { encryption: TableEncryption.AWS_MANAGED }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
      // What can't be made again by probing stands in each of them: customers, causes, the record of incidents.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // One that is kept blocks the next deployment of its name until `cdk import` adopts it: docs/aws.md.
      removalPolicy: this.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      deletionProtection: this.keep,
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

/** CDK's own grant would name every index that a table might ever have. */
function allow(step: Step, actions: readonly string[], resources: readonly string[]): void {
  step.function.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
}

/** DynamoDB uses the key with the caller's own rights; nobody else gets to use it with them. */
function useThroughTables(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: [
      "kms:CreateGrant",
      "kms:Decrypt",
      "kms:DescribeKey",
      "kms:Encrypt",
      "kms:GenerateDataKey",
      "kms:GenerateDataKeyWithoutPlaintext",
      "kms:ReEncryptFrom",
      "kms:ReEncryptTo",
    ],
    resources: [key.keyArn],
    conditions: { StringEquals: { "kms:ViaService": `dynamodb.${Stack.of(key).region}.${Aws.URL_SUFFIX}` } },
  });
}
