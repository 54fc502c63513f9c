/** What goes wrong on the way: a message that nobody can read, and a function that dies between two of its writes. */

import {
  GetQueueAttributesCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AwsStore, openAws } from "../../lib/store/aws.ts";
import { chainmail, forgetDeadLetters, logOf, queueUrlOf, stack, throttle, until, withdraw } from "./lab.ts";

const minute = 60_000;
const sqs = new SQSClient({});
let aws: AwsStore;
let QueueUrl: string;
let usual: string;
beforeAll(async () => {
  aws = await openAws(stack);
  QueueUrl = await queueUrlOf("Lab-results");
  const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["VisibilityTimeout"] });
  usual = (await sqs.send(asked)).Attributes?.VisibilityTimeout ?? "";
  // What failed comes again after six minutes, which no test waits for.
  await hideFor("3");
});
afterAll(async () => {
  await hideFor(usual);
  await forgetDeadLetters();
  await aws.close();
  sqs.destroy();
});

async function hideFor(VisibilityTimeout: string): Promise<void> {
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout } }));
}
const send = (body: string) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));

describe("the way of the data", { timeout: 10 * minute }, () => {
  it("lays a poisoned message aside after five tries, where the command line finds it", async () => {
    await send("{ poison");
    const shown = await until("a dead letter", 2 * minute, async () => {
      const { stdout } = await chainmail("dlq", "show", "--json");
      return stdout.includes("{ poison") ? stdout : undefined;
    });
    const { queues } = JSON.parse(shown) as {
      readonly queues: readonly { readonly queue: string; readonly letters: readonly { readonly body: string }[] }[];
    };
    expect(
      queues.filter(({ letters }) => letters.some(({ body }) => body === "{ poison")).map(({ queue }) => queue),
    ).toEqual(["results"]);
  });

  it("does what a function that died in the middle left undone, once", async () => {
    // A slice of nobody's: its commit mark is the last of the judge's writes.
    const slice = 998;
    await aws.store.state.putSlice({ number: slice, vantage: "here", entries: [] });
    const cycle = Math.floor(Date.now() / minute) - 1_500;
    const giveBack = await withdraw("Judge", "dynamodb:PutItem ledger");
    const results = { v: 1, cycle, slice, vantage: "here", round: 0, part: 0, answers: [] };
    const { MessageId = "" } = await send(JSON.stringify(results));
    await until("a try that failed", 3 * minute, async () => ((await logOf(MessageId)).length > 0 ? true : undefined));
    expect(await aws.store.ledger.ledger(slice, 5)).toEqual([]);
    await giveBack();
    await until("its mark", 3 * minute, async () =>
      (await aws.store.ledger.ledger(slice, 5)).length > 0 ? true : undefined,
    );
    expect((await aws.store.ledger.ledger(slice, 5)).map((entry) => entry.cycle)).toEqual([cycle]);
  });

  it.each([["ledger"], ["state"]])("waits for a table that throttles, %s, and loses nothing by it", async (table) => {
    const slice = table === "ledger" ? 997 : 996;
    await aws.store.state.putSlice({ number: slice, vantage: "here", entries: [] });
    const cycle = Math.floor(Date.now() / minute) - 1_500;
    const giveBack = await throttle(table);
    try {
      const { MessageId = "" } = await send(
        JSON.stringify({ v: 1, cycle, slice, vantage: "here", round: 0, part: 0, answers: [] }),
      );
      const [line] = await until("a try that failed", 3 * minute, async () => {
        const lines = await logOf(MessageId);
        return lines.length > 0 ? lines : undefined;
      });
      // Said as what it is, and not as anything about a server.
      expect(line).toMatch(/ProvisionedThroughputExceeded/);
    } finally {
      await giveBack();
    }
    await until("its mark", 3 * minute, async () =>
      (await aws.store.ledger.ledger(slice, 5)).length > 0 ? true : undefined,
    );
    expect((await aws.store.ledger.ledger(slice, 5)).map((entry) => entry.cycle)).toEqual([cycle]);
    const { stdout } = await chainmail("dlq", "show", "--json");
    expect(stdout).not.toContain(`"slice":${slice}`);
    expect(stdout).not.toContain(`\\"slice\\":${slice}`);
  });
});
