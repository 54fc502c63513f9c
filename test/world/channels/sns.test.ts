import type { PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it, vi } from "vitest";
import { collectedOf } from "../../../lib/steps/words/collected.ts";
import { draftOf } from "../../../lib/steps/words/letter.ts";
import { chatNotification } from "../../../lib/world/channels/amazon-q.ts";
import { cloudEventOf } from "../../../lib/world/channels/cloud-event.ts";
import { createPhoneChannel, createSnsChannel, createSnsClient } from "../../../lib/world/channels/sns.ts";
import { alert, context } from "../../fakes/causes.ts";

const topic = "arn:aws:sns:eu-west-1:123456789012:operators";
const letter = { ...draftOf(alert({ context: { ...context, customer: "acme", customers: 1 } }), null), to: "sns" };

function channelThat(answer: () => Promise<unknown>) {
  const sent: PublishCommand[] = [];
  const client = {
    send(command: PublishCommand) {
      sent.push(command);
      return answer();
    },
  };
  return { sent, channel: createSnsChannel(client as never, topic, "sns:operators") };
}

const failing = (name: string) => channelThat(() => Promise.reject(Object.assign(new Error("no"), { name })));

describe("an SNS topic", () => {
  it("gets a subject, a text for mail, a short one for SMS, an event for machines, and attributes to filter by", async () => {
    const { channel, sent } = channelThat(async () => ({ MessageId: "1" }));
    expect(await channel.deliver(letter)).toEqual({ kind: "sent" });
    const { Message, ...rest } = sent[0]?.input ?? {};
    const { sqs, lambda, https, ...read } = JSON.parse(Message ?? "");
    expect(read).toEqual({ default: letter.text, sms: letter.sms });
    expect(JSON.parse(sqs)).toEqual(cloudEventOf(letter, topic));
    expect(lambda).toBe(sqs);
    expect(JSON.parse(https)).toEqual(chatNotification(letter));
    expect(rest).toMatchObject({
      TopicArn: topic,
      Subject: "[CM-7F3A.1] TLS lost: mx1.gateway.example, cleartext, 1 customer",
      MessageStructure: "json",
      MessageAttributes: {
        class: { DataType: "String", StringValue: "cleartext" },
        kind: { DataType: "String", StringValue: "opened" },
        severity: { DataType: "String", StringValue: "critical" },
        hop: { DataType: "String", StringValue: "gateway" },
        customer: { DataType: "String", StringValue: "acme" },
      },
    });
  });

  it("gets a digest to whoever filters for one of its messages, and it stays below 256 kB", async () => {
    const { channel, sent } = channelThat(async () => ({}));
    const one = (index: number, severity: "critical" | "warning") =>
      alert({ id: `CM-7F3A·${index}`, subject: `${"a".repeat(250)}.example`, context: { ...context, severity } });
    const all = Array.from({ length: 99 }, (_, index) => one(index + 2, "warning"));
    await channel.deliver({ ...collectedOf([one(1, "critical"), ...all], null), to: "sns" });
    expect(sent[0]?.input.MessageAttributes).toMatchObject({
      severity: { DataType: "String.Array", StringValue: '["critical","warning"]' },
      class: { DataType: "String.Array", StringValue: '["cleartext"]' },
    });
    expect(Buffer.byteLength(sent[0]?.input.Message ?? "")).toBeLessThan(250 * 1024);
  });

  it("leaves time between two messages: too many a second would lose their subscriptions", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    try {
      const { channel } = channelThat(async () => ({}));
      let isDone = false;
      const delivering = channel.deliver(letter).then(() => {
        isDone = true;
      });
      await vi.advanceTimersByTimeAsync(240);
      expect(isDone).toBe(false);
      await vi.advanceTimersByTimeAsync(10);
      await delivering;
    } finally {
      vi.useRealTimers();
    }
  });

  it("stays below 256 kB", async () => {
    const { channel, sent } = channelThat(async () => ({}));
    const text = '"\\'.repeat(500_000);
    const event = { ...letter.event, subject: "[2001:db8::1]:25 ".repeat(100_000), host: text, text };
    await channel.deliver({ ...letter, text, event });
    expect(Buffer.byteLength(sent[0]?.input.Message ?? "")).toBeLessThan(250 * 1024);
  });

  it.each([
    "ThrottledException",
    "InternalErrorException",
    "TimeoutError",
    "AuthorizationErrorException",
    "NotFoundException",
  ])("is tried later after %s", async (name) =>
    expect(await failing(name).channel.deliver(letter)).toMatchObject({ kind: "later" }),
  );

  it.each(["InvalidParameterException", "InvalidParameterValueException", "ValidationException"])(
    "is given up after %s: the message itself is at fault",
    async (name) => expect(await failing(name).channel.deliver(letter)).toMatchObject({ kind: "never" }),
  );

  it("of phones claims its messages first, the other one doesn't", () => {
    expect(createPhoneChannel({} as never, topic, "sns:phones").claimsFirst).toBe(true);
    expect(createSnsChannel({} as never, topic, "sns:operators").claimsFirst).toBeUndefined();
  });

  it("is asked once: the outbox retries, and knows who was told", async () => {
    expect(await createSnsClient().config.maxAttempts()).toBe(1);
  });
});
