/** What an operator does after deploying: the chain is walked with a drill, dead letters are put back, the fleet is copied. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteTableCommand,
  DynamoDBClient,
  RestoreTableToPointInTimeCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFunctions } from "../../lib/world/functions.ts";
import { chainmail as chainmailOn } from "../fakes/cli.ts";
import { type FakeMailServer, startMailServer } from "../fakes/mail-server.ts";
import { chainmail, runStep, stack, until } from "./lab.ts";

const minute = 60_000;
const sqs = new SQSClient({});
const dynamodb = new DynamoDBClient({});
let folder: string;
let server: FakeMailServer;
/** Others may have left customers: then there is one to play a drill with. */
let isOurs: boolean;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "chainmail-after-"));
  server = await startMailServer();
  isOurs = (await chainmail("customers", "list")).stdout === "no customers\n";
  if (!isOurs) return;
  const file = join(folder, "customers.yaml");
  const walked = `  - { id: walked, downstream: ["127.0.0.1:${server.port}"], allowPrivate: true }`;
  await writeFile(file, ["customers:", walked, ""].join("\n"));
  expect(await chainmail("customers", "import", file)).toMatchObject({ code: 0 });
  expect(await runStep("Resolve", Date.now())).toBeNull();
});
afterAll(async () => {
  if (isOurs) await chainmail("customers", "remove", "walked");
  await server.close();
  sqs.destroy();
  dynamodb.destroy();
  await rm(folder, { recursive: true, force: true });
});

describe("dead letters", { timeout: 10 * minute }, () => {
  interface Shown {
    readonly queues: readonly {
      readonly queue: string;
      readonly name: string;
      readonly letters: readonly { readonly body: string }[];
    }[];
  }
  const shown = async () => JSON.parse((await chainmail("dlq", "show", "--json")).stdout) as Shown;

  async function bury(queue: string, body: string, attributes: Readonly<Record<string, string>> = {}): Promise<void> {
    const QueueName = (await shown()).queues.find((each) => each.queue === queue)?.name ?? "";
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    const values = Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: "String", StringValue }]);
    await sqs.send(
      new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes: Object.fromEntries(values) }),
    );
  }

  it("of every queue are found, and none is there", async () => {
    const { queues } = await shown();
    expect(queues.map(({ queue, letters }) => [queue, letters.length])).toEqual([
      ["jobs", 0],
      ["results", 0],
      ["outbox", 0],
      ["runs", 0],
    ]);
  });

  it("are shown, and go back to where they failed", async () => {
    const functions = openFunctions(stack);
    const tick = (await functions.list()).find(({ name }) => name.includes("Tick"))?.name ?? "";
    functions.close();
    await bury("outbox", '{"v":1}');
    const arn = `arn:aws:lambda:eu-west-1:123456789012:function:${tick}`;
    await bury("runs", JSON.stringify({ v: 1, at: new Date().toISOString() }), { TARGET_ARN: arn });
    const { code, stdout } = await chainmail("dlq", "show");
    expect(code).toBe(2);
    expect(stdout).toMatch(/^outbox {3}1 in Lab-/m);
    expect(await chainmail("dlq", "replay")).toMatchObject({
      code: 0,
      stdout: "jobs     0 replayed\nresults  0 replayed\noutbox   1 replayed\nruns     1 replayed\n",
    });
    await until("an empty show", 3 * minute, async () =>
      (await chainmail("dlq", "show")).code === 0 ? true : undefined,
    );
  });
});

describe("the fleet", { timeout: 10 * minute }, () => {
  it("is copied from the running stack into a folder, where its record verifies", async () => {
    const { code, stdout, stderr } = await chainmail("export");
    expect([code, stderr]).toEqual([0, expect.stringContaining("exported ")]);
    const file = join(folder, "fleet.jsonl");
    await writeFile(file, stdout);
    const here = ["--data", join(folder, "data")];
    expect(await chainmailOn("import", file, ...here)).toMatchObject({
      code: 0,
      out: expect.stringContaining("unbroken"),
    });
    const copied = (await chainmailOn("customers", "list", ...here)).out;
    expect(copied).toBe((await chainmail("customers", "list")).stdout);
  });

  it("put back to a moment stands in tables of another name, which --stack takes", async () => {
    const restored = `${stack}-restored`;
    const roles = ["config", "state", "ledger"];
    for (const role of roles)
      await dynamodb.send(
        new RestoreTableToPointInTimeCommand({
          SourceTableName: `${stack}-${role}`,
          TargetTableName: `${restored}-${role}`,
          UseLatestRestorableTime: true,
        }),
      );
    for (const role of roles)
      await waitUntilTableExists({ client: dynamodb, maxWaitTime: 60 }, { TableName: `${restored}-${role}` });
    const run = (...args: readonly string[]) => chainmailOn(...args, "--stack", restored);
    expect((await run("customers", "list")).out).toBe((await chainmail("customers", "list")).stdout);
    expect(await run("verify")).toMatchObject({ code: 0 });
    expect((await run("export")).code).toBe(0);
    for (const role of roles) await dynamodb.send(new DeleteTableCommand({ TableName: `${restored}-${role}` }));
  });

  it("can't be replaced while the stack is at work", async () => {
    expect(await runStep("Plan", Date.now())).toBeNull();
    const { code, stderr } = await chainmail("import", join(folder, "fleet.jsonl"), "--yes");
    expect([code, stderr]).toEqual([64, expect.stringContaining("is at work: deploy it with -c paused=true")]);
  });
});

describe("chainmail deploy-check", { timeout: 15 * minute }, () => {
  it("walks the chain with a drill, and says what it found of the rest", async () => {
    // A drill takes a target that was looked at once.
    await runStep("Plan", Date.now());
    await until("a drill", 4 * minute, async () => {
      const { stderr, stdout } = await chainmail("deploy-check");
      if (stderr.includes("nothing of this customer is watched yet")) return undefined;
      expect(stderr).toBe("");
      expect(stdout).toContain("told sns:operators");
      expect(stdout).toContain("everybody was reached, of the loss and of its end");
      expect(stdout).toMatch(/^good {4}functions +\d+, arm64, nodejs24\.x$/m);
      expect(stdout).toMatch(/^warning egress port 25 +closed: this vantage is blind for port 25/m);
      expect(stdout).toMatch(/^\w+ +quota /m);
      expect(stdout).toMatch(/^good {4}dead letters +none in jobs, results, outbox, runs$/m);
      expect(stdout).toMatch(/^\w+ +subscriptions /m);
      expect(stdout).toMatch(/^\w+ +SMS/m);
      return true;
    });
  });
});
