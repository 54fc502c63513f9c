/** Outbox queue → the messages that incidents owe, to the operators' topic. A wake-up carries nothing: what is owed stands with the causes. */

import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type NotifyWorld, notify } from "../lib/steps/notify.ts";
import { createSnsChannel, createSnsClient } from "../lib/world/channels/sns.ts";
import { systemClock } from "../lib/world/clock.ts";
import { fromEnvironment } from "../lib/world/environment.ts";
import { heartbeat, log } from "./log.ts";
import { once } from "./once.ts";
import { store } from "./store.ts";

const world = once(
  (): NotifyWorld => ({
    store: store(),
    now: systemClock,
    operators: [createSnsChannel(createSnsClient(), fromEnvironment("topic"), "sns:operators")],
    // On AWS a contact subscribes to the topic, with a filter on the customer: docs/aws.md.
    contactChannels: () => [],
    alertLog: null,
    baseUrl: fromEnvironment("statusUrl"),
  }),
);

/** However many wake-ups come at once, one pass over the outboxes answers them all. */
export async function handler(_event: SQSEvent): Promise<SQSBatchResponse> {
  const { sent, later, dead } = await notify(world());
  for (const { id, to } of sent) log("notify", "info", "told", { id, to });
  for (const { id, to, why } of later) log("notify", "error", `not told yet: ${why}`, { id, to });
  for (const { id, to, why } of dead) log("notify", "error", `will never be told: ${why}`, { id, to });
  heartbeat("notify");
  return { batchItemFailures: [] };
}
