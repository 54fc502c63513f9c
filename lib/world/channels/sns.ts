/** Messages to an SNS topic: e-mail, SMS and whatever else subscribes, each filtered by the message's attributes. */

import { setTimeout as sleep } from "node:timers/promises";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Channel, Delivery, Letter } from "../../model/ports.ts";
import { chatNotification } from "./amazon-q.ts";
import { cloudEventOf } from "./cloud-event.ts";
import { reasonOf } from "./reason.ts";

/** Well below the outbox's lease, in which it is marked. */
const timeoutMs = 10_000;
/** Above ten mails a second SNS puts a subscription back to pending, and deletes it later; two senders may be at work. */
const leastApartMs = 250;
/** SNS takes 256 kB in all, in which a quote of an event's text takes four bytes. */
const mostText = 40_000;
const mostEventText = 12_000;

/** The outbox retries, and knows what was told already: the SDK must not. */
export function createSnsClient(): SNSClient {
  return new SNSClient({ maxAttempts: 1 });
}

/**
 * `name` stands in the list of those told, e.g. `sns:operators`. Contacts of customers subscribe to it with a filter, so
 * that each customer has a bucket of its own; whoever subscribes to all of it is kept safe by the time between two messages.
 */
export function createSnsChannel(client: Pick<SNSClient, "send">, topicArn: string, name: string): Channel {
  return {
    name,
    byCustomer: true,
    async deliver(letter) {
      try {
        const published = client.send(publishOf(letter, topicArn), { abortSignal: AbortSignal.timeout(timeoutMs) });
        await Promise.all([published, sleep(leastApartMs)]);
        return { kind: "sent" };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}

/** The same to a topic of phones: a message that wakes somebody comes once or, after a crash or a lost reply, not at all. */
export function createPhoneChannel(client: Pick<SNSClient, "send">, topicArn: string, name: string): Channel {
  return { ...createSnsChannel(client, topicArn, name), claimsFirst: true };
}

function publishOf(letter: Letter, topicArn: string): PublishCommand {
  const { id, subject, attributes } = letter;
  const values = Object.entries({ ...attributes, id }).filter(([, value]) => value.length > 0);
  return new PublishCommand({
    TopicArn: topicArn,
    Subject: subject,
    MessageStructure: "json",
    Message: JSON.stringify(snsMessage(letter, topicArn)),
    MessageAttributes: Object.fromEntries(values.map(([key, value]) => [key, attributeOf(value)])),
  });
}

/** A filter policy lets a message pass that has one of the values it names. */
function attributeOf(value: string | readonly string[]) {
  return typeof value === "string"
    ? { DataType: "String", StringValue: value }
    : { DataType: "String.Array", StringValue: JSON.stringify(value) };
}

/** What subscribers of each protocol get: people the text, machines the event, chats a card by way of HTTPS. */
function snsMessage(letter: Letter, topicArn: string): Readonly<Record<string, string>> {
  const { text, sms } = letter;
  const event = JSON.stringify(cloudEventOf(letter, topicArn, mostEventText));
  return {
    default: text.length > mostText ? `${text.slice(0, mostText)}\n...\n` : text,
    sms,
    sqs: event,
    lambda: event,
    https: JSON.stringify(chatNotification(letter)),
  };
}

/** What is wrong with the message itself stays wrong; rights, topics and the network can be mended meanwhile. */
export function failureOf(error: unknown): Delivery {
  const name = error instanceof Error ? error.name : "";
  const final = /^(InvalidParameter|ParameterValueInvalid|Validation)/.test(name);
  return { kind: final ? "never" : "later", why: `${name}: ${reasonOf(error)}` };
}
