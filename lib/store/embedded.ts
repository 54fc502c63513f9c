/**
 * DynamoDB in this process: dynalite over LevelDB in a directory, or in memory.
 *
 * It listens on a loopback port that the system picks, and answers only to the key that this process holds:
 * other users of the machine and pages in its browser reach the port too.
 * Written data survives kill -9; a power cut may lose the last seconds.
 */

import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import { InputError } from "../model/input-error.ts";
import { createStore, documentClient } from "./dynamo.ts";
import { answerStorageErrors } from "./level-errors.ts";
import { closeEndedIterators } from "./level-iterators.ts";
import { type Lock, lockDirectory, type Owner } from "./lock.ts";
import type { Store } from "./store.ts";
import { type TableDefinition, type TableNames, tableDefinitions, tableNames, tableRoles } from "./tables.ts";

export interface EmbeddedStore {
  readonly store: Store;
  readonly client: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** Another process owns the directory, and most likely works on it. */
  readonly joined: boolean;
  close(): Promise<void>;
}

const connections = 32;
const activeEveryMs = 2;
const tables = tableNames("chainmail");

/** Opens the store kept in `dir`, made when missing; null: in memory. An InputError tells why a directory can't be used. */
export async function openEmbedded(dir: string | null): Promise<EmbeddedStore> {
  const lock = dir === null ? null : await lockDirectory(dir);
  if (lock?.kind === "in-use") throw new InputError(inUse(dir, lock.owner));
  return own(dir, lock);
}

/** The same, but where a running process owns `dir` its store is used over loopback: commands work beside `up`. */
export async function openShared(dir: string): Promise<EmbeddedStore> {
  const lock = await lockDirectory(dir);
  if (lock.kind === "held") return own(dir, lock);
  if (lock.owner === null) throw new InputError(inUse(dir, null));
  const client = clientOf(lock.owner.port, lock.owner.key);
  const documents = documentClient(client);
  const store = createStore(documents, tables);
  return { store, client: documents, tables, joined: true, close: async () => client.destroy() };
}

function inUse(dir: string | null, owner: Owner | null): string {
  return `data directory ${dir} is in use by ${owner === null ? "another process" : `process ${owner.pid}`}`;
}

async function own(dir: string | null, lock: Extract<Lock, { kind: "held" }> | null): Promise<EmbeddedStore> {
  const key = randomBytes(16).toString("hex");
  const path = dir === null ? {} : { path: join(dir, "dynamodb") };
  closeEndedIterators();
  answerStorageErrors();
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, ...path });
  const gate = openGate(server.listeners("request")[0] as RequestListener, key);
  server.removeAllListeners("request").on("request", gate.listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  const { port } = server.address() as AddressInfo;
  const client = clientOf(port, key);
  await createMissing(client, tables);
  await lock?.claim({ pid: process.pid, port, key });
  const documents = documentClient(client);
  return {
    store: createStore(documents, tables),
    client: documents,
    tables,
    joined: false,
    async close() {
      await gate.close();
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await lock?.release();
    },
  };
}

function clientOf(port: number, key: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "local",
    credentials: { accessKeyId: key, secretAccessKey: key },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: connections } },
  });
}

async function createMissing(client: DynamoDBClient, tables: TableNames): Promise<void> {
  const { TableNames: present = [] } = await client.send(new ListTablesCommand({}));
  for (const role of tableRoles.filter((role) => !present.includes(tables[role]))) {
    await client.send(new CreateTableCommand({ TableName: tables[role], ...creation(tableDefinitions[role]) }));
  }
  // A table that was just made, also by a process that was killed right then, takes no item before it is ACTIVE.
  for (const role of tableRoles) await untilActive(client, tables[role]);
}

async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") return;
    await pause(activeEveryMs);
  }
}

function creation({ hash, range, indexes }: TableDefinition) {
  const numbers = new Set(indexes.map((index) => index.range));
  const attributes = new Set([hash, range, ...indexes.flatMap((index) => [index.hash, index.range])]);
  const schemaOf = (keys: { hash: string; range: string }) => [
    { AttributeName: keys.hash, KeyType: "HASH" as const },
    { AttributeName: keys.range, KeyType: "RANGE" as const },
  ];
  return {
    BillingMode: "PAY_PER_REQUEST" as const,
    AttributeDefinitions: [...attributes].map((name) => ({
      AttributeName: name,
      AttributeType: numbers.has(name) ? ("N" as const) : ("S" as const),
    })),
    KeySchema: schemaOf({ hash, range }),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({
        IndexName: index.name,
        KeySchema: schemaOf(index),
        Projection: { ProjectionType: "KEYS_ONLY" as const },
      })),
    }),
  };
}

interface Gate {
  readonly listener: RequestListener;
  /** Takes no more requests and waits for those that run: dynalite throws when its database closes under one. */
  close(): Promise<void>;
}

/** Lets only requests signed with our own key through to dynalite, which checks no signature itself. */
function openGate(next: RequestListener, key: string): Gate {
  const running = new Set<ServerResponse>();
  let closing = false;

  function listener(request: IncomingMessage, response: ServerResponse): void {
    const ours = request.headers.authorization?.includes(`Credential=${key}/`) === true;
    if (closing || !ours) {
      response.writeHead(closing ? 503 : 403, { connection: "close" }).end();
      return;
    }
    running.add(response);
    response.once("finish", () => running.delete(response));
    response.once("close", () => running.delete(response));
    next(request, response);
    // dynalite throws what a broken connection brings; nobody is left to answer then.
    request.removeAllListeners("error").on("error", () => {});
  }

  return {
    listener,
    async close() {
      closing = true;
      await Promise.all([...running].map((response) => once(response, "close")));
    },
  };
}
