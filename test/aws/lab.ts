/** The deployed stack as its operator sees it: the command line, the topics, the functions. `emulate.sh` deploys it. */

import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import {
  ListTopicsCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
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

/** `Phones`, or `Second`: that of second contacts. */
export async function topicOf(construct: string): Promise<string> {
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  const named = Topics.map(({ TopicArn = "" }) => TopicArn).find((arn) => arn.includes(`Operators${construct}`));
  return named ?? "";
}

/** A message of nobody's, with the attributes that filter policies look at. */
export async function publish(topic: string, id: string, attributes: Readonly<Record<string, string>>): Promise<void> {
  const values = Object.entries({ ...attributes, id }).map(([key, StringValue]) => [
    key,
    { DataType: "String", StringValue },
  ]);
  const MessageAttributes = Object.fromEntries(values);
  const Message = JSON.stringify({ data: { subject: id } });
  await sns.send(new PublishCommand({ TopicArn: topic, Subject: id, Message, MessageAttributes }));
}

interface Printed {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `chainmail ARGS --stack Lab`, as a process of its own. */
export async function chainmail(...args: readonly string[]): Promise<Printed> {
  return await printed(spawn(process.execPath, ["bin/chainmail.js", ...args, "--stack", stack]));
}

async function printed(child: ChildProcessWithoutNullStreams): Promise<Printed> {
  const all = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, "exit")) as [number | null];
  const [stdout, stderr] = await all;
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

export interface Tap {
  /** All that has arrived so far, oldest first. */
  (): Promise<readonly Told[]>;
  /** From now on it gets what this policy lets through; null: everything. */
  refilter(policy: object | null): Promise<void>;
}

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
  const subscribed = await sns.send(
    new SubscribeCommand({ TopicArn: topic, Protocol: "sqs", Endpoint: arn, Attributes, ReturnSubscriptionArn: true }),
  );

  async function refilter(policy: object | null): Promise<void> {
    const AttributeValue = JSON.stringify(policy ?? {});
    const { SubscriptionArn } = subscribed;
    await sns.send(
      new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName: "FilterPolicy", AttributeValue }),
    );
  }

  const told: Told[] = [];
  async function arrived(): Promise<readonly Told[]> {
    for (;;) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      if (Messages.length === 0) return told;
      told.push(...Messages.map(({ Body = "" }) => toldBy(Body)));
      const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  }
  return Object.assign(arrived, { refilter });
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

interface Deployed {
  readonly FunctionName: string;
  /** The ARN of its role. */
  readonly Role: string;
}

async function functionOf(step: string): Promise<Deployed> {
  const { Functions } = (await lambda("/2015-03-31/functions/")) as { readonly Functions: readonly Deployed[] };
  const found = Functions.find(({ FunctionName }) => FunctionName.startsWith(`${stack}-${step}Function`));
  if (found === undefined) throw new Error(`no function of ${step}`);
  return found;
}

/** Runs a step as the scheduler does, of the cycle of `at` (epoch ms). Its answer, or what it failed of. */
export async function runStep(step: string, at: number): Promise<unknown> {
  return await invoke(step, { v: 1, at: new Date(at).toISOString() });
}

/** Hands one message to a step, as its queue does. */
export async function feed(step: string, message: unknown): Promise<unknown> {
  return await invoke(step, { Records: [{ messageId: "m0", body: JSON.stringify(message), attributes: {} }] });
}

async function invoke(step: string, event: unknown): Promise<unknown> {
  const { FunctionName } = await functionOf(step);
  const path = `/2015-03-31/functions/${FunctionName}/invocations`;
  return await lambda(path, { method: "POST", body: JSON.stringify(event) });
}

/** Deploys the stack anew, with further settings. */
export async function redeploy(...settings: readonly string[]): Promise<Printed> {
  const work = fromShell("CHAINMAIL_AWS_WORK");
  const all = [...fromShell("CHAINMAIL_AWS_SETTINGS").split(" "), ...settings];
  return await printed(
    spawn("cdk", ["--output", join(work, "cdk.out"), "deploy", ...all, "--require-approval", "never"]),
  );
}

export async function queueUrlOf(name: string): Promise<string> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  return QueueUrls.find((url) => url.includes(name)) ?? "";
}

/** What failed while a test had a hand in it is nobody's trouble afterwards. */
export async function forgetDeadLetters(): Promise<void> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: `${stack}-` }));
  for (const QueueUrl of QueueUrls.filter((url) => url.includes("DeadLetters")))
    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
}

/** Every call to these tables is refused as too many; answers what ends it. */
export async function throttle(...tables: readonly string[]): Promise<() => Promise<void>> {
  const file = join(fromShell("CHAINMAIL_AWS_WORK"), "throttled");
  await writeFile(file, tables.map((table) => `${stack}-${table}`).join(" "));
  return () => rm(file, { force: true });
}

/** What the functions wrote of one message. */
export async function logOf(messageId: string): Promise<readonly string[]> {
  const log = await readFile(fromShell("CHAINMAIL_AWS_LOG"), "utf8");
  return log.split("\n").filter((line) => line.includes(messageId));
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
}

/** Takes a right from a step's role, on one resource (`sqs:SendMessage OutboxQueue`, `dynamodb:Query state/index/wake`) or, without a name, on what no topic is; answers what gives it back. */
export async function withdraw(step: string, right: string): Promise<() => Promise<void>> {
  const RoleName = (await functionOf(step)).Role.split("/").at(-1) ?? "";
  const names = await iam("ListRolePolicies", { RoleName });
  const [PolicyName = ""] = /(?<=<member>)[^<]+/.exec(names) ?? [];
  const policy = await iam("GetRolePolicy", { RoleName, PolicyName });
  const [written = ""] = /(?<=<PolicyDocument>)[^<]+/.exec(policy) ?? [];
  const PolicyDocument = decodeURIComponent(written.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
  const document = JSON.parse(PolicyDocument) as { readonly Statement: readonly Statement[] };
  const Statement = document.Statement.flatMap((one) => without(one, right));
  const left = JSON.stringify({ ...document, Statement });
  if (left.length === JSON.stringify(document).length) throw new Error(`${step} has no right to ${right}`);
  await iam("PutRolePolicy", { RoleName, PolicyName, PolicyDocument: left });
  return async () => void (await iam("PutRolePolicy", { RoleName, PolicyName, PolicyDocument }));
}

/** What is left of a statement: its other actions as they were, and this one on its other resources. */
function without(statement: Statement, right: string): readonly Statement[] {
  const [wanted = "", name = ""] = right.split(" ");
  const actions = [statement.Action].flat();
  if (!actions.includes(wanted)) return [statement];
  const others = { ...statement, Action: actions.filter((action) => action !== wanted) };
  const kept = others.Action.length > 0 ? [others] : [];
  if (statement.Resource === undefined) return name === "" && statement.NotResource !== undefined ? kept : [statement];
  if (name === "") return [statement];
  const table = /^(config|state|ledger)/.test(name) ? `:table/${stack}-${name}` : null;
  const isIt = (arn: string) => (table === null ? arn.includes(name) : arn.endsWith(table));
  const resources = [statement.Resource].flat();
  const rest = resources.filter((arn) => !isIt(arn));
  if (rest.length === resources.length) return [statement];
  return rest.length > 0 ? [...kept, { ...statement, Action: wanted, Resource: rest }] : kept;
}

async function iam(action: string, fields: Readonly<Record<string, string>>): Promise<string> {
  const body = new URLSearchParams({ Action: action, Version: "2010-05-08", ...fields });
  const answer = await fetch(endpoint, { method: "POST", headers: signed("iam"), body });
  return await answer.text();
}

async function lambda(path: string, request: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`${endpoint}${path}`, { ...request, headers: signed("lambda") });
  return await answer.json();
}

/** The emulator reads whose key it is, and verifies no signature of the account's own. */
function signed(service: string): Readonly<Record<string, string>> {
  const day = new Date().toISOString().slice(0, 10).replaceAll("-", "");
  const credential = `test/${day}/${fromShell("AWS_REGION")}/${service}/aws4_request`;
  return { authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=none` };
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
