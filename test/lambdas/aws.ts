/**
 * AWS on loopback for the handlers: SQS and SNS that remember what they got, and DynamoDB as the embedded store,
 * with a record of who did what to which table. The SDK finds them by `AWS_ENDPOINT_URL_*`.
 */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { vi } from "vitest";
import { openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import type { TableNames, TableRole } from "../../lib/store/tables.ts";
import { environmentNames } from "../../lib/world/environment.ts";
import { noTopic } from "../stack/synthesized.ts";

interface SentMessage {
  readonly queue: string;
  readonly body: string;
  readonly delaySeconds: number;
}

export interface FakeAws {
  readonly store: Store;
  readonly client: DynamoDBDocumentClient;
  readonly tables: TableNames;
  /** Messages in the queues since the last time of asking. */
  take(queue: string): readonly SentMessage[];
  /** How many messages a queue holds. */
  waiting(queue: string): number;
  /** Form fields of each SNS publish. */
  readonly published: readonly URLSearchParams[];
  /** What the topic has; a test may change it. */
  readonly subscriptions: { readonly protocol: string; readonly endpoint: string; readonly arn: string }[];
  /** The XML of the result of each other action of SNS. */
  readonly answers: Map<string, string>;
  /** Form fields of each other SNS call. */
  readonly asked: URLSearchParams[];
  /** What was asked of AWS since the last time of asking, as the rights that it takes: `dynamodb:Query state/index/wake`. */
  used(): readonly string[];
  /** True: every message to a queue fails, as under throttling. */
  refuse(all: boolean): void;
  close(): Promise<void>;
}

/** The resource of the template that each queue and topic here stands for. */
const standsFor: Readonly<Record<string, string>> = {
  jobs: "VantageJobsQueue",
  results: "ResultsQueue",
  outbox: "OutboxQueue",
  operators: "OperatorsTopic",
  phones: "OperatorsPhones",
  second: "OperatorsSecond",
  "second-phones": "OperatorsSecondPhones",
};

interface TableRequest {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
}

interface BatchRequest {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds?: number }[];
}

function listOf(subscriptions: FakeAws["subscriptions"]): string {
  const members = subscriptions.map(
    ({ protocol, endpoint, arn }) =>
      `<member><Protocol>${protocol}</Protocol><Endpoint>${endpoint}</Endpoint><SubscriptionArn>${arn}</SubscriptionArn></member>`,
  );
  return `<Subscriptions>${members.join("")}</Subscriptions>`;
}

export async function startAws(): Promise<FakeAws> {
  const embedded = await openEmbedded(null);
  const endpoint = await embedded.client.config.endpoint?.();
  const { accessKeyId, secretAccessKey } = await embedded.client.config.credentials();
  const roles = new Map(Object.entries(embedded.tables).map(([role, name]) => [name, role as TableRole]));
  let queued: SentMessage[] = [];
  let used = new Set<string>();
  let refusing = false;
  const published: URLSearchParams[] = [];
  const asked: URLSearchParams[] = [];
  const subscriptions: { protocol: string; endpoint: string; arn: string }[] = [];
  const answers = new Map<string, string>();

  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const [service, action = ""] = String(request.headers["x-amz-target"] ?? "").split(".");
    if (service === "AmazonSQS") answer(response, sendBatch(JSON.parse(body)));
    else if (service?.startsWith("DynamoDB_")) await toStore(action, body, request, response);
    else toSns(body, response);
  });

  function sendBatch({ QueueUrl, Entries }: BatchRequest): unknown {
    used.add(`sqs:SendMessage ${standsFor[QueueUrl.split("/").at(-1) ?? ""]}`);
    if (refusing) return { Failed: Entries.map(({ Id }) => ({ Id, SenderFault: false, Code: "ThrottlingException" })) };
    queued.push(
      ...Entries.map(({ MessageBody, DelaySeconds = 0 }) => ({
        queue: QueueUrl.split("/").at(-1) ?? "",
        body: MessageBody,
        delaySeconds: DelaySeconds,
      })),
    );
    return {
      Successful: Entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash("md5").update(MessageBody).digest("hex"),
      })),
    };
  }

  function toSns(body: string, response: ServerResponse): void {
    const fields = new URLSearchParams(body);
    const action = fields.get("Action") ?? "";
    response.setHeader("content-type", "text/xml");
    const topic = fields.get("TopicArn")?.split(":").at(-1);
    used.add(`sns:${action} ${topic === undefined ? noTopic : standsFor[topic]}`);
    if (action !== "Publish") {
      asked.push(fields);
      const result = action === "ListSubscriptionsByTopic" ? listOf(subscriptions) : (answers.get(action) ?? "");
      response.end(
        `<${action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><${action}Result>${result}</${action}Result></${action}Response>`,
      );
      return;
    }
    published.push(fields);
    response.end(
      `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>`,
    );
  }

  async function toStore(action: string, body: string, request: IncomingMessage, response: ServerResponse) {
    const { TableName, IndexName, RequestItems } = JSON.parse(body) as TableRequest;
    const index = IndexName === undefined ? "" : `/index/${IndexName}`;
    for (const name of TableName === undefined ? Object.keys(RequestItems ?? {}) : [TableName])
      used.add(`dynamodb:${action} ${roles.get(name)}${index}`);
    const headers = Object.fromEntries(
      ["authorization", "content-type", "x-amz-target", "x-amz-date"].map((name) => [
        name,
        String(request.headers[name]),
      ]),
    );
    const stored = await fetch(`http://${endpoint?.hostname}:${endpoint?.port}/`, { method: "POST", headers, body });
    response.writeHead(stored.status, { "content-type": "application/x-amz-json-1.0" });
    response.end(Buffer.from(await stored.arrayBuffer()));
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const environment: Readonly<Record<string, string>> = {
    AWS_REGION: "eu-central-1",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_ENDPOINT_URL_DYNAMODB: url,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_ENDPOINT_URL_SNS: url,
    [environmentNames.stack]: "chainmail",
    [environmentNames.every]: "300000",
    [environmentNames.jobQueues]: JSON.stringify({ here: `${url}/1/jobs` }),
    [environmentNames.resultsQueue]: `${url}/1/results`,
    [environmentNames.outboxQueue]: `${url}/1/outbox`,
    [environmentNames.topic]: "arn:aws:sns:eu-central-1:123456789012:operators",
    [environmentNames.statusUrl]: "https://status.example",
    [environmentNames.build]: "build-1",
    [environmentNames.vantage]: "here",
    [environmentNames.ehlo]: "probe.example",
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);

  return {
    store: embedded.store,
    client: embedded.client,
    tables: embedded.tables,
    published,
    asked,
    subscriptions,
    answers,
    take(queue) {
      const taken = queued.filter((message) => message.queue === queue);
      queued = queued.filter((message) => message.queue !== queue);
      return taken;
    },
    waiting: (queue) => queued.filter((message) => message.queue === queue).length,
    used() {
      const since = [...used];
      used = new Set();
      return since;
    },
    refuse(all) {
      refusing = all;
    },
    async close() {
      // A test of the command line goes on without it.
      vi.unstubAllEnvs();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await embedded.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, value: unknown): void {
  response.setHeader("content-type", "application/x-amz-json-1.0");
  response.end(JSON.stringify(value));
}
