/** EventBridge Scheduler, every hour → who of the topics' subscribers, phones among them, gets no messages. What is owed of it leaves with the next tick. */

import { checkSubscriptions } from "../lib/steps/contacts.ts";
import { createSnsClient } from "../lib/world/channels/sns.ts";
import { systemClock } from "../lib/world/clock.ts";
import { fromEnvironment, optionalFromEnvironment } from "../lib/world/environment.ts";
import { createSubscriptions } from "../lib/world/subscriptions.ts";
import { heartbeat, log } from "./log.ts";
import { once } from "./once.ts";
import { store } from "./store.ts";

const services = once(() => {
  const client = createSnsClient();
  const others = (["phones", "second", "secondPhones"] as const).flatMap((key) => optionalFromEnvironment(key) ?? []);
  return [fromEnvironment("topic"), ...others].map((topic) => createSubscriptions(client, topic));
});

export async function handler(): Promise<void> {
  const { listed, deaf, back, forgotten } = await checkSubscriptions(services(), store(), systemClock());
  for (const contact of deaf) log("contacts", "error", "gets no messages", { contact });
  for (const contact of back) log("contacts", "info", "gets messages again", { contact });
  for (const contact of forgotten) log("contacts", "info", "gone on purpose, and forgotten", { contact });
  log("contacts", "info", "listed", { listed });
  heartbeat("contacts");
}
