/**
 * One mutant for each right that the emulator enforces and that a step can be brought to use at once: with it withdrawn the
 * step fails, and works again when it is given back. Phones are told at most once, so that no step fails of one that was
 * refused: it stays silent. Each of all rights is used as well, and nothing else is granted: test/lambdas/rights.test.ts.
 */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsStore, openAws } from "../../lib/store/aws.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";
import {
  ask,
  chainmail,
  feed,
  forgetDeadLetters,
  runStep,
  stack,
  tap,
  textsTo,
  topicOf,
  until,
  withdraw,
} from "./lab.ts";

const minute = 60_000;
const subject = "203.0.113.9:25";
let folder: string;
let server: FakeMailServer;
let aws: AwsStore;
let token: string;
/** Others may have left customers: then one of those is told of. */
let isOurs: boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-rights-"));
  server = await startMailServer();
  aws = await openAws(stack);
  isOurs = (await chainmail("customers", "list")).stdout === "no customers\n";
  if (isOurs) {
    const file = join(folder, "customers.yaml");
    const acme = `  - { id: acme, downstream: ["127.0.0.1:${server.port}"], allowPrivate: true, contacts: ["+15005550007"] }`;
    await writeFile(file, ["customers:", acme, ""].join("\n"));
    expect(await chainmail("customers", "import", file)).toMatchObject({ code: 0 });
  }
  expect(await runStep("Resolve", Date.now())).toBeNull();
  token = (await chainmail("token", "create")).stdout.trim();
});
afterAll(async () => {
  await remove("state", `CAUSE#cleartext|${subject}`, "CAUSE");
  if (isOurs) await chainmail("customers", "remove", "acme");
  await forgetDeadLetters();
  await Promise.all([server.close(), aws.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function remove(table: "state", pk: string, sk: string): Promise<void> {
  await aws.client.send(new DeleteCommand({ TableName: aws.tables[table], Key: { pk, sk } }));
}

/** More messages in a few seconds than any contact gets: each time as if there had been none before. */
async function forgetPace(): Promise<void> {
  const { Items = [] } = await aws.client.send(
    new ScanCommand({
      TableName: aws.tables.state,
      FilterExpression: "begins_with(pk, :bucket)",
      ExpressionAttributeValues: { ":bucket": "DOC#bucket " },
    }),
  );
  for (const { pk, sk } of Items) await remove("state", String(pk), String(sk));
}

/** What a step works on, each time anew; and what it said to that. */
const work: Readonly<Record<string, () => Promise<unknown>>> = {
  async Resolve() {
    await aws.store.config.bumpRevision();
    return await runStep("Resolve", Date.now());
  },
  async Plan() {
    // Planned already by the scheduler: the claim is taken back.
    await remove("state", "FLEET", "CYCLE");
    return await runStep("Plan", Date.now());
  },
  async VantageProbe() {
    const target = { address: "127.0.0.1", port: server.port, tls: "starttls" };
    const task = { slot: 0, target, name: null, identity: false, known: "", allowPrivate: true };
    const cycle = Math.floor(Date.now() / minute);
    return await feed("VantageProbe", {
      v: 1,
      cycle,
      slice: 999,
      vantage: "here",
      round: 1,
      notAfter: Date.now() + minute,
      tasks: [task],
    });
  },
  async Judge() {
    const [slice] = await aws.store.state.slices();
    // Of a cycle of yesterday, in which nothing was tried.
    const cycle = Math.floor(Date.now() / minute) - 1_500;
    const answers = [{ slot: 0, name: null, identity: false, kind: "not-tried" }];
    const results = { v: 1, cycle, slice: slice?.number, vantage: "here", part: 0, answers };
    const [first, later] = [
      await feed("Judge", { ...results, round: 0 }),
      await feed("Judge", { ...results, round: 1 }),
    ];
    return failed(first) ? first : later;
  },
  Tick: () => runStep("Tick", Date.now()),
  async Notify() {
    const context = { ...openCause([]).context, customer: "acme", customers: 1 };
    const opening = owed({ subject, at: Date.now(), context });
    const escalated = owed(
      { subject, at: Date.now(), context, kind: "escalated", id: "CM-7F3A·2" },
      { reach: { over: 0, upTo: 60 * minute } },
    );
    const answers: unknown[] = [];
    await forgetPace();
    for (const entry of [opening, escalated]) {
      await remove("state", `CAUSE#cleartext|${subject}`, "CAUSE");
      await aws.store.state.putCause({ value: openCause([entry], { subject, context }), version: 0 });
      answers.push(await feed("Notify", { v: 1 }));
      // One that could not be told is still owed.
      const { value } = await aws.store.state.cause("cleartext", subject);
      answers.push(...(value?.outbox ?? []).map(() => ({ errorMessage: "not told: not authorized" })));
    }
    return answers.find(failed) ?? answers[0];
  },
  Contacts: () => runStep("Contacts", Date.now()),
  async StatusApi() {
    const answers = await Promise.all(
      ["/v1/fleet", "/v1/customers/acme", "/v1/customers/acme/history"].map((path) => ask(path, token)),
    );
    return answers.some(({ status }) => status >= 500) ? { errorMessage: "500" } : null;
  },
};

function failed(answer: unknown): boolean {
  const { errorMessage, batchItemFailures = [] } = Object(answer) as {
    errorMessage?: string;
    batchItemFailures?: unknown[];
  };
  return errorMessage !== undefined || batchItemFailures.length > 0;
}

const rights: Readonly<Record<string, readonly string[]>> = {
  Resolve: [
    "dynamodb:GetItem config",
    "dynamodb:Query config",
    "dynamodb:GetItem state",
    "dynamodb:Query state",
    "dynamodb:Query state/index/wake",
    "dynamodb:PutItem state",
  ],
  Plan: [
    "dynamodb:GetItem state",
    "dynamodb:Query state",
    "dynamodb:PutItem state",
    "sqs:SendMessage VantageJobsQueue",
  ],
  VantageProbe: ["sqs:SendMessage results"],
  Judge: [
    "dynamodb:GetItem config",
    "dynamodb:GetItem state",
    "dynamodb:PutItem ledger",
    "sqs:SendMessage OutboxQueue",
  ],
  Tick: [
    "dynamodb:GetItem config",
    "dynamodb:GetItem state",
    "dynamodb:Query state/index/wake",
    "sqs:SendMessage OutboxQueue",
  ],
  Notify: [
    "dynamodb:GetItem config",
    "dynamodb:Query config",
    "dynamodb:GetItem state",
    "dynamodb:BatchGetItem state",
    "dynamodb:Query state/index/wake",
    "dynamodb:PutItem state",
    "dynamodb:GetItem ledger",
    "dynamodb:Query ledger",
    "dynamodb:PutItem ledger",
    "sns:Publish OperatorsTopic",
    "sns:Publish OperatorsSecond",
  ],
  Contacts: ["dynamodb:GetItem state", "sns:ListSubscriptionsByTopic OperatorsTopic"],
  StatusApi: [
    "dynamodb:GetItem config",
    "dynamodb:Query config",
    "dynamodb:GetItem state",
    "dynamodb:BatchGetItem state",
    "dynamodb:Query state",
    "dynamodb:Query state/index/wake",
    "dynamodb:Query ledger",
  ],
};

describe("phones", () => {
  it.each<[what: string, right: string, heard: () => Promise<() => Promise<number>>]>([
    [
      "the operators'",
      "sns:Publish OperatorsPhones",
      async () => {
        const phones = await tap("rights-phones", await topicOf("Phones"));
        return async () => (await phones()).length;
      },
    ],
    ["a customer's", "sns:Publish", async () => async () => (await textsTo("+15005550007")).length],
  ])("%s stays silent without %s", async (_what, right, listening) => {
    const heard = await listening();
    const before = await heard();
    const giveBack = await withdraw("Notify", right);
    await work.Notify?.();
    await giveBack();
    expect(await heard()).toBe(before);
    await work.Notify?.();
    await until("a phone that rings", 3 * minute, async () => ((await heard()) > before ? true : undefined));
  });
});

describe.each(Object.keys(rights))("%s", (step) => {
  const works = () => work[step]?.();

  it.each(rights[step] ?? [])("fails without %s", async (right) => {
    const giveBack = await withdraw(step, right);
    const answer = await works();
    await giveBack();
    expect(failed(answer)).toBe(true);
  });

  it("works with all of them", async () => {
    expect(failed(await works())).toBe(false);
  });
});
