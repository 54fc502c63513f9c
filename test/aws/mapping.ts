/** `node mapping.ts TEMPLATE`: prints what `cdk import --resource-mapping` needs to adopt the tables of a template. */

import { readFileSync } from "node:fs";

interface Template {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: { readonly TableName?: string } }>
  >;
}

const { Resources } = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Template;
const tables = Object.entries(Resources)
  .filter(([, { Type }]) => Type === "AWS::DynamoDB::Table")
  .map(([id, { Properties }]) => [id, { TableName: Properties.TableName }]);
process.stdout.write(JSON.stringify(Object.fromEntries(tables)));
