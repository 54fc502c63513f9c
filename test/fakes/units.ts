/** Counts write units by the formula ⌈kB⌉ × (1 + indexes touched): dynalite under-reports, and AWS is not at hand. */

import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { type TableDefinition, type TableNames, tableDefinitions, tableRoles } from "../../lib/store/tables.ts";

export interface WriteUnits {
  /** Units since the last `reset`, and the writes they were spent on. */
  readonly units: number;
  readonly writes: number;
  reset(): void;
}

type Fields = Readonly<Record<string, unknown>>;

interface WriteInput {
  readonly TableName?: string;
  readonly Item?: Fields;
  readonly Key?: Fields;
  readonly RequestItems?: Readonly<
    Record<string, readonly { PutRequest?: { Item: Fields }; DeleteRequest?: { Key: Fields } }[]>
  >;
}

/** Counts all that `client` writes from now on. An update or a delete counts as one item of one kB. */
export function countWriteUnits(client: DynamoDBDocumentClient, tables: TableNames): WriteUnits {
  const definitions = new Map<string, TableDefinition>(
    tableRoles.map((role) => [tables[role], tableDefinitions[role]]),
  );
  const count = { units: 0, writes: 0 };

  function spend(table: string, item: Fields): void {
    const indexes = definitions.get(table)?.indexes ?? [];
    const touched = indexes.filter(({ hash, range }) => item[hash] !== undefined && item[range] !== undefined).length;
    count.units += Math.max(1, Math.ceil(sizeOf(item) / 1024)) * (1 + touched);
    count.writes += 1;
  }

  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as WriteInput;
      const command = context.commandName;
      if (command === "PutItemCommand") spend(input.TableName ?? "", input.Item ?? {});
      if (command === "DeleteItemCommand" || command === "UpdateItemCommand") {
        spend(input.TableName ?? "", input.Key ?? {});
      }
      if (command === "BatchWriteItemCommand") {
        for (const [table, requests] of Object.entries(input.RequestItems ?? {})) {
          for (const { PutRequest, DeleteRequest } of requests) {
            spend(table, PutRequest?.Item ?? DeleteRequest?.Key ?? {});
          }
        }
      }
      return next(args);
    },
    { step: "initialize", name: "countWriteUnits", priority: "high" },
  );

  return {
    get units() {
      return count.units;
    },
    get writes() {
      return count.writes;
    },
    reset() {
      count.units = 0;
      count.writes = 0;
    },
  };
}

/** An item's size as DynamoDB counts it: names and values in UTF-8, a number by its digits, 3 bytes for a list or map. */
export function sizeOf(value: unknown): number {
  if (value === null || typeof value === "boolean") return 1;
  if (value === undefined) return 0;
  if (typeof value === "number") return Math.ceil(String(value).length / 2) + 1;
  if (typeof value === "string") return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (Array.isArray(value)) return 3 + value.reduce((sum: number, one) => sum + 1 + sizeOf(one), 0);
  const fields = Object.entries(value as Fields).filter(([, field]) => field !== undefined);
  return 3 + fields.reduce((sum, [name, field]) => sum + 1 + Buffer.byteLength(name) + sizeOf(field), 0);
}
