/** The subscriptions of an SNS topic: who is on it, and the confirmation that no link in a mail can undo. */

import { ConfirmSubscriptionCommand, ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import type { Confirmed, ListedSubscription, SubscriptionService } from "../model/subscriptions.ts";
import { reasonOf } from "./channels/reason.ts";
import type { ConfirmationLink } from "./confirmation-link.ts";

const timeoutMs = 10_000;
/** Of a hundred each. */
const mostPages = 100;
const pendingArn = "PendingConfirmation";

type Client = Pick<SNSClient, "send">;

export function createSubscriptions(client: Client, topic: string): SubscriptionService {
  return {
    topic,
    async list() {
      const listed: ListedSubscription[] = [];
      let next: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const command = new ListSubscriptionsByTopicCommand({ TopicArn: topic, NextToken: next });
        const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
        for (const { Protocol = "", Endpoint = "", SubscriptionArn } of answer.Subscriptions ?? [])
          listed.push({ protocol: Protocol, endpoint: Endpoint, pending: SubscriptionArn === pendingArn });
        next = answer.NextToken;
        if (next === undefined || next === "") return listed;
      }
      throw new Error(`the topic has more than ${mostPages * 100} subscriptions`);
    },
  };
}

/** Confirms so that only whoever has rights on the topic can unsubscribe: the link at a mail's end then does nothing. */
export async function confirmSubscription(client: Client, { topic, token }: ConfirmationLink): Promise<Confirmed> {
  const command = new ConfirmSubscriptionCommand({
    TopicArn: topic,
    Token: token,
    AuthenticateOnUnsubscribe: "true",
  });
  try {
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    return { kind: "confirmed", subscription: answer.SubscriptionArn ?? "" };
  } catch (error) {
    return { kind: "refused", why: reasonOf(error) };
  }
}

/** Under the caller's own credentials, in the region of the topic. */
export function subscriptionClient({ region }: ConfirmationLink): SNSClient {
  return new SNSClient({ region, maxAttempts: 2 });
}
