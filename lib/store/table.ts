/** One DynamoDB table with single-item writes only; batches are many of those, not transactions. */

import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}
export type Item = Key & Readonly<Record<string, unknown>>;

/** A condition expression; `#name` stands for attribute `name`, `:name` for `values.name`. */
export interface Condition {
  readonly expression: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

interface Range {
  /** Inclusive bounds of the sort key. */
  readonly from?: string;
  readonly to?: string;
  readonly newestFirst?: boolean;
  readonly limit?: number;
  /** How many are read at once, where a caller stops early. */
  readonly page?: number;
}

export const absent: Condition = { expression: "attribute_not_exists(#pk)" };

/** What a page brings at most: keeps memory flat, and dynalite from reading the whole rest of a partition. */
const pageSize = 200;
const batchWriteSize = 25;
const batchGetSize = 100;
const batchesInFlight = 4;
const mostTries = 8;

export interface Table {
  readonly name: string;
  /** Strongly consistent. */
  get<T extends Item>(key: Key): Promise<T | undefined>;
  getMany<T extends Item>(keys: readonly Key[]): Promise<readonly T[]>;
  /** False when the condition did not hold. */
  put(item: Item, condition?: Condition): Promise<boolean>;
  remove(key: Key, condition?: Condition): Promise<boolean>;
  /** Adds to a number attribute and returns what it is then. */
  add(key: Key, attribute: string, by: number): Promise<number>;
  query<T extends Item>(pk: string, range?: Range): AsyncIterable<T>;
  /** Keys of the items in a keys-only index whose range is at most `upTo`, least first. */
  queryIndex(index: { name: string; hash: string; range: string }, hash: string, upTo: number): Promise<readonly Key[]>;
  putAll(items: Iterable<Item> | AsyncIterable<Item>): Promise<void>;
  removeAll(keys: Iterable<Key> | AsyncIterable<Key>): Promise<void>;
  /** Every item, in no promised order; strongly consistent, page by page. */
  all(): AsyncIterable<Item>;
  /** One page of the table: keys of those that meet the condition, and where the next page begins. */
  scanPage(condition: Condition, from: Key | undefined, limit: number): Promise<{ keys: readonly Key[]; next?: Key }>;
}

export function openTable(client: DynamoDBDocumentClient, name: string): Table {
  const TableName = name;

  async function conditional(write: () => Promise<unknown>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function getBatch<T extends Item>(keys: readonly Key[]): Promise<readonly T[]> {
    const found: T[] = [];
    let rest: readonly Key[] = keys;
    for (let attempt = 0; rest.length > 0; attempt++) {
      await pause(attempt, name);
      const answer = await client.send(
        new BatchGetCommand({ RequestItems: { [name]: { Keys: [...rest], ConsistentRead: true } } }),
      );
      found.push(...((answer.Responses?.[name] ?? []) as T[]));
      rest = (answer.UnprocessedKeys?.[name]?.Keys ?? []) as Key[];
    }
    return found;
  }

  type WriteRequest = { readonly PutRequest: { Item: Item } } | { readonly DeleteRequest: { Key: Key } };

  async function writeBatch(requests: readonly WriteRequest[]): Promise<void> {
    let rest = requests;
    for (let attempt = 0; rest.length > 0; attempt++) {
      await pause(attempt, name);
      const answer = await client.send(new BatchWriteCommand({ RequestItems: { [name]: [...rest] } }));
      rest = (answer.UnprocessedItems?.[name] ?? []) as WriteRequest[];
    }
  }

  /** A batch must not name a key twice: the last one counts. */
  async function writeAll<T extends Key>(all: Iterable<T> | AsyncIterable<T>, request: (one: T) => WriteRequest) {
    let batch = new Map<string, WriteRequest>();
    const running = new Set<Promise<void>>();
    const flush = async (): Promise<void> => {
      const requests = [...batch.values()];
      batch = new Map();
      if (requests.length === 0) return;
      const write = writeBatch(requests).finally(() => running.delete(write));
      running.add(write);
      if (running.size >= batchesInFlight) await Promise.race(running);
    };
    try {
      for await (const one of all) {
        batch.set(JSON.stringify([one.pk, one.sk]), request(one));
        if (batch.size >= batchWriteSize) await flush();
      }
      await flush();
    } finally {
      await Promise.all(running);
    }
  }

  return {
    name,

    async get<T extends Item>(key: Key) {
      const answer = await client.send(new GetCommand({ TableName, Key: { ...key }, ConsistentRead: true }));
      return answer.Item as T | undefined;
    },

    async getMany<T extends Item>(keys: readonly Key[]) {
      const distinct = [...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values()];
      const found: T[] = [];
      for (let at = 0; at < distinct.length; at += batchGetSize) {
        found.push(...(await getBatch<T>(distinct.slice(at, at + batchGetSize))));
      }
      return found;
    },

    put(item, condition) {
      return conditional(() => client.send(new PutCommand({ TableName, Item: item, ...expressionOf(condition) })));
    },

    remove(key, condition) {
      return conditional(() =>
        client.send(new DeleteCommand({ TableName, Key: { ...key }, ...expressionOf(condition) })),
      );
    },

    async add(key, attribute, by) {
      const answer = await client.send(
        new UpdateCommand({
          TableName,
          Key: { ...key },
          UpdateExpression: "ADD #attribute :by",
          ExpressionAttributeNames: { "#attribute": attribute },
          ExpressionAttributeValues: { ":by": by },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      return Number(answer.Attributes?.[attribute]);
    },

    async *query<T extends Item>(
      pk: string,
      { from, to, newestFirst = false, limit = Infinity, page = pageSize }: Range = {},
    ) {
      const bounded = from !== undefined || to !== undefined;
      let left = limit;
      let start: Record<string, unknown> | undefined;
      while (left > 0) {
        const answer = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: bounded ? "pk = :pk AND sk BETWEEN :from AND :to" : "pk = :pk",
            ExpressionAttributeValues: bounded
              ? { ":pk": pk, ":from": from ?? " ", ":to": to ?? "\u{7f}" }
              : { ":pk": pk },
            ScanIndexForward: !newestFirst,
            ConsistentRead: true,
            Limit: Math.min(left, page, pageSize),
            ExclusiveStartKey: start,
          }),
        );
        const items = (answer.Items ?? []) as T[];
        yield* items;
        left -= items.length;
        start = answer.LastEvaluatedKey;
        if (start === undefined) return;
      }
    },

    async queryIndex(index, hash, upTo) {
      const keys: Key[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const answer = await client.send(
          new QueryCommand({
            TableName,
            IndexName: index.name,
            KeyConditionExpression: "#hash = :hash AND #range <= :upTo",
            ExpressionAttributeNames: { "#hash": index.hash, "#range": index.range },
            ExpressionAttributeValues: { ":hash": hash, ":upTo": upTo },
            Limit: pageSize,
            ExclusiveStartKey: start,
          }),
        );
        for (const { pk, sk } of (answer.Items ?? []) as Key[]) keys.push({ pk, sk });
        start = answer.LastEvaluatedKey;
      } while (start !== undefined);
      return keys;
    },

    putAll: (items) => writeAll(items, (item) => ({ PutRequest: { Item: item } })),
    removeAll: (keys) => writeAll(keys, ({ pk, sk }) => ({ DeleteRequest: { Key: { pk, sk } } })),

    async *all() {
      let start: Record<string, unknown> | undefined;
      do {
        const page = new ScanCommand({ TableName, ConsistentRead: true, Limit: pageSize, ExclusiveStartKey: start });
        const answer = await client.send(page);
        yield* (answer.Items ?? []) as Item[];
        start = answer.LastEvaluatedKey;
      } while (start !== undefined);
    },

    async scanPage(condition, from, limit) {
      const { ConditionExpression, ...rest } = expressionOf(condition);
      const answer = await client.send(
        new ScanCommand({
          TableName,
          FilterExpression: ConditionExpression,
          ...rest,
          ProjectionExpression: "pk, sk",
          Limit: limit,
          ExclusiveStartKey: from && { ...from },
        }),
      );
      const next = answer.LastEvaluatedKey as Key | undefined;
      return { keys: (answer.Items ?? []) as Key[], ...(next && { next }) };
    },
  };
}

interface Expression {
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
}

function expressionOf(condition: Condition | undefined): Expression {
  if (!condition) return {};
  const names = [...condition.expression.matchAll(/#(\w+)/g)].map(([placeholder, attribute]) => [
    placeholder,
    attribute,
  ]);
  const values = Object.entries(condition.values ?? {}).map(([name, value]) => [`:${name}`, value]);
  return {
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: Object.fromEntries(names),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  };
}

/** Before a batch's rest is sent again: 50 ms, doubled each time, and at last an error. */
async function pause(attempt: number, table: string): Promise<void> {
  if (attempt === 0) return;
  if (attempt >= mostTries) throw new Error(`table ${table} is throttled: a batch was not taken in ${mostTries} tries`);
  await sleep(25 * 2 ** attempt);
}
