import { ConfirmSubscriptionCommand, ListSubscriptionsByTopicCommand, type SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { parseConfirmationLink } from "../../lib/world/confirmation-link.ts";
import { confirmSubscription, createSubscriptions } from "../../lib/world/subscriptions.ts";

const topic = "arn:aws:sns:eu-central-1:123456789012:operators";
const token = "2336412f37".repeat(20);
const link = `https://sns.eu-central-1.amazonaws.com/confirmation.html?TopicArn=${topic}&Token=${token}&Endpoint=it@acme.example`;

function clientThat(answer: (command: unknown) => unknown) {
  const sent: unknown[] = [];
  const client = {
    async send(command: unknown) {
      sent.push(command);
      return answer(command);
    },
  };
  return { sent, client: client as unknown as SNSClient };
}

describe("the subscriptions of a topic", () => {
  it("are listed page by page", async () => {
    const page = (from: number) => ({
      Subscriptions: [
        { Protocol: "email", Endpoint: `a${from}@acme.example`, SubscriptionArn: "PendingConfirmation" },
        { Protocol: "sms", Endpoint: `+49151123456${from}`, SubscriptionArn: `${topic}:${from}` },
      ],
      NextToken: from < 12 ? String(from + 1) : undefined,
    });
    const { sent, client } = clientThat((command) => {
      const { NextToken } = (command as ListSubscriptionsByTopicCommand).input;
      return page(NextToken === undefined ? 10 : Number(NextToken));
    });
    const listed = await createSubscriptions(client, topic).list();
    expect(sent).toHaveLength(3);
    expect(sent[0]).toBeInstanceOf(ListSubscriptionsByTopicCommand);
    expect(listed).toHaveLength(6);
    expect(listed.slice(0, 2)).toEqual([
      { protocol: "email", endpoint: "a10@acme.example", pending: true },
      { protocol: "sms", endpoint: "+4915112345610", pending: false },
    ]);
  });

  it("a list without an end is an error, and no part of it is taken for the whole", async () => {
    const { client } = clientThat(() => ({ Subscriptions: [], NextToken: "again" }));
    await expect(createSubscriptions(client, topic).list()).rejects.toThrow("more than 10000 subscriptions");
  });
});

describe("a confirmation", () => {
  const parsed = parseConfirmationLink(link);
  if (parsed === undefined) throw new Error("the link is SNS's");

  it("asks that only who has rights can unsubscribe", async () => {
    const { sent, client } = clientThat(() => ({ SubscriptionArn: `${topic}:1` }));
    expect(await confirmSubscription(client, parsed)).toEqual({ kind: "confirmed", subscription: `${topic}:1` });
    expect(sent).toHaveLength(1);
    expect(sent[0]).toBeInstanceOf(ConfirmSubscriptionCommand);
    expect((sent[0] as ConfirmSubscriptionCommand).input).toEqual({
      TopicArn: topic,
      Token: token,
      AuthenticateOnUnsubscribe: "true",
    });
  });

  it("says why not", async () => {
    const { client } = clientThat(() => {
      throw new Error("Invalid token");
    });
    expect(await confirmSubscription(client, parsed)).toEqual({ kind: "refused", why: "Invalid token" });
  });
});

describe("the link of a confirmation mail", () => {
  it.each([
    ["as in the mail", link],
    [
      "as the API has it",
      `https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=${token}`,
    ],
    ["with blanks around it", `  ${link}\n`],
  ])("%s", (_name, text) => {
    expect(parseConfirmationLink(text)).toEqual({ topic, region: "eu-central-1", token });
  });

  it.each([
    ["another host", link.replace("amazonaws.com", "amazonaws.com.evil.example")],
    ["a host that only begins so", link.replace("sns.eu-central-1", "sns.eu-central-1.evil")],
    ["plain HTTP", link.replace("https", "http")],
    ["a port", link.replace("amazonaws.com", "amazonaws.com:8443")],
    ["a user", link.replace("https://", "https://sns@")],
    ["another region's topic", link.replace("sns.eu-central-1", "sns.eu-west-1")],
    ["another service", link.replace(":sns:", ":sqs:")],
    ["another action", `${link}&Action=Unsubscribe`],
    ["another path", link.replace("confirmation.html", "unsubscribe.html")],
    ["two topics", `${link}&TopicArn=${topic}2`],
    ["two tokens", `${link}&Token=${token}`],
    ["no token", link.replace(/&Token=[^&]+/, "")],
    ["a token of other characters", link.replace(token, `${token}%0d%0a`)],
    ["no topic", link.replace(/TopicArn=[^&]+/, "")],
    ["endless", `${link}&x=${"x".repeat(3_000)}`],
    ["no link", "it@acme.example"],
    ["nothing", ""],
  ])("not %s", (_name, text) => {
    expect(parseConfirmationLink(text)).toBe(undefined);
  });
});
