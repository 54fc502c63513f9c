/** The deployed stack as its operator sees it: the command line, the topics, the functions. `emulate.sh` deploys it. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { ListTopicsCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { fromShell } from "./shell.ts";

export const stack = "Lab";
const outputs = JSON.parse(readFileSync(fromShell("CHAINMAIL_AWS_OUTPUTS"), "utf8"))[stack] as Record<string, string>;
const endpoint = fromShell("AWS_ENDPOINT_URL");
const sns = new SNSClient({});
const sqs = new SQSClient({});

/** The one that machines and mailboxes subscribe to. */
export const alertsTopic = outputs.AlertsTopic ?? "";

export async function phonesTopic(): Promise<string> {
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  return Topics.map(({ TopicArn = "" }) => TopicArn).find((arn) => arn.includes("OperatorsPhones")) ?? "";
}

interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `chainmail ARGS --stack Lab`, as a process of its own. */
export async function chainmail(...args: readonly string[]): Promise<Printed> {
  const child = spawn(process.execPath, ["bin/chainmail.js", ...args, "--stack", stack]);
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "exit")) as [number | null];
  const [stdout, stderr] = await printed;
  return { code, stdout, stderr };
}

/** What SNS put into the queue of a subscriber. */
interface Told {
  readonly subject: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The CloudEvent. */
  readonly event: { readonly id: string; readonly type: string; readonly source: string; readonly data: EventData };
}

interface EventData {
  readonly kind: string;
  readonly class: string;
  readonly subject: string;
  readonly customer: string | null;
  readonly drill: boolean;
  readonly text: string;
}

/** All that has arrived so far, oldest first. */
export type Tap = () => Promise<readonly Told[]>;

/** A queue that subscribes to the topic, as a subscriber of an operator's own would: the emulator delivers no mail and no SMS. */
export async function tap(name: string, topic: string, filter?: object): Promise<Tap> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] });
  const arn = (await sqs.send(asked)).Attributes?.QueueArn ?? "";
  // As on AWS, the queue has to let the topic in.
  const allow = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: arn,
    Condition: { ArnEquals: { "aws:SourceArn": topic } },
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [allow] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const Attributes = filter === undefined ? {} : { FilterPolicy: JSON.stringify(filter) };
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: "sqs", Endpoint: arn, Attributes }));

  const told: Told[] = [];
  return async () => {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return told;
      told.push(...Messages.map(({ Body = "" }) => toldBy(Body)));
      const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
}

function toldBy(body: string): Told {
  const {
    Subject,
    Message,
    MessageAttributes = {},
  } = JSON.parse(body) as {
    readonly Subject: string;
    readonly Message: string;
    readonly MessageAttributes?: Readonly<Record<string, { readonly Value: string }>>;
  };
  const attributes = Object.fromEntries(Object.entries(MessageAttributes).map(([key, { Value }]) => [key, Value]));
  return { subject: Subject, attributes, event: JSON.parse(Message) };
}

/** Texts that went to a phone without a topic. */
export async function textsTo(number: string): Promise<readonly string[]> {
  const answer = await fetch(`${endpoint}/_ministack/sns/sms-messages?phoneNumber=${encodeURIComponent(number)}`);
  const all = JSON.stringify(await answer.json());
  return [...all.matchAll(/"Message":("(?:[^"\\]|\\.)*")/g)].map(([, message = ""]) => JSON.parse(message));
}

/** GET from the stack's API, whose own name leads nowhere here. */
export async function ask(path: string, token?: string): Promise<{ readonly status: number; readonly body: string }> {
  const { host } = new URL(outputs.StatusUrl ?? "");
  const headers = { host, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const [answer] = (await once(get(`${endpoint}${path}`, { headers }), "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

/** Runs a step as the scheduler does, of the cycle of `at` (epoch ms). Its answer, or what it failed of. */
export async function runStep(step: string, at: number): Promise<unknown> {
  const functions = (await lambda("/2015-03-31/functions/")) as {
    readonly Functions: readonly { readonly FunctionName: string }[];
  };
  const name = functions.Functions.map(({ FunctionName }) => FunctionName).find((each) =>
    each.startsWith(`${stack}-${step}Function`),
  );
  const event = JSON.stringify({ v: 1, at: new Date(at).toISOString() });
  return await lambda(`/2015-03-31/functions/${name}/invocations`, { method: "POST", body: event });
}

/** The emulator reads whose key it is, and verifies no signature of the account's own. */
async function lambda(path: string, request: RequestInit = {}): Promise<unknown> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const credential = `test/${day}/${fromShell("AWS_REGION")}/lambda/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none`;
  const answer = await fetch(`${endpoint}${path}`, { ...request, headers: { authorization } });
  return await answer.json();
}

/** Looks twice a second; the error after `withinMs` tells what was waited for. */
export async function until<T>(what: string, withinMs: number, seen: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await seen();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await pause(500);
  }
}
