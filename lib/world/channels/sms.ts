/** Messages to one phone by SNS, without a topic: the contacts of customers, of whom a large fleet has more than a topic's filters. */

import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Channel } from "../../model/ports.ts";
import { failureOf } from "./sns.ts";

const timeoutMs = 10_000;

/** `number` in E.164. A phone that rings twice is worse than one message less: it comes at most once. */
export function createSmsChannel(client: Pick<SNSClient, "send">, number: string): Channel {
  return {
    name: `sms:${number}`,
    claimsFirst: true,
    async deliver({ sms }) {
      const command = new PublishCommand({
        PhoneNumber: number,
        Message: sms,
        MessageAttributes: { "AWS.SNS.SMS.SMSType": { DataType: "String", StringValue: "Transactional" } },
      });
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        return { kind: "sent" };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}
