/** The hourly look at the topic's subscriptions, and the command line that confirms one, as AWS answers them. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { handler as contacts } from "../../lambdas/contacts.ts";
import { run } from "../../lib/cli/program.ts";
import { rightsOf, synthesized } from "../stack/synthesized.ts";
import { type FakeAws, startAws } from "./aws.ts";

const topic = "arn:aws:sns:eu-central-1:123456789012:operators";
const token = "2336412f37".repeat(20);
const link = `https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn=${topic}&Token=${token}`;

let aws: FakeAws;
beforeAll(async () => {
  aws = await startAws();
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await aws.close();
});

describe("the hourly look at the contacts", () => {
  it("opens an incident for who vanished, and does nothing that its role may not", async () => {
    aws.subscriptions.push({ protocol: "email", endpoint: "it@acme.example", arn: `${topic}:1` });
    aws.used();
    await contacts();
    expect((await aws.store.state.cause("deaf", "sns:email:it@acme.example")).value).toBe(null);
    aws.subscriptions.length = 0;
    await contacts();
    expect((await aws.store.state.cause("deaf", "sns:email:it@acme.example")).value).toMatchObject({ state: "open" });

    const may = rightsOf(synthesized().template, "Contacts");
    expect(may).toEqual(expect.arrayContaining([...aws.used()]));
    expect(aws.published).toEqual([]);
    expect(aws.waiting("outbox")).toBe(0);
  });
});

describe("chainmail subscription confirm", () => {
  async function confirm(text: string) {
    let out = "";
    let err = "";
    const code = await run(["subscription", "confirm", text], {
      stdout: { write: (some) => (out += some) },
      stderr: { write: (some) => (err += some) },
      env: {},
    });
    return { code, out, err };
  }

  it("confirms what stands in the link, and doesn't open it", async () => {
    aws.asked.length = 0;
    aws.answers.set("ConfirmSubscription", `<SubscriptionArn>${topic}:7</SubscriptionArn>`);
    const { code, out } = await confirm(link);
    expect(out).toBe(`confirmed: ${topic}:7; only who has rights on the topic can end it\n`);
    expect(code).toBe(0);
    expect(aws.asked.map((fields) => Object.fromEntries(fields))).toMatchObject([
      { Action: "ConfirmSubscription", TopicArn: topic, Token: token, AuthenticateOnUnsubscribe: "true" },
    ]);
  });

  it("refuses what isn't SNS's link", async () => {
    aws.asked.length = 0;
    const { code, err } = await confirm("https://evil.example/?Token=1");
    expect(code).toBe(64);
    expect(err).toContain("expected the link of SNS's confirmation mail");
    expect(aws.asked).toEqual([]);
  });
});
