/** `chainmail subscription confirm|list`: who listens at a stack's topic. */

import { isDeaf, subscriptionName } from "../judge/subscriptions.ts";
import { InputError, UnavailableError } from "../model/input-error.ts";
import { type KnownSubscriptions, knownTopics, subscriptionsDocument } from "../model/subscriptions.ts";
import { visible } from "../protocols/printable.ts";
import { systemClock } from "../world/clock.ts";
import { parseConfirmationLink } from "../world/confirmation-link.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";

/** Under the caller's own AWS credentials. */
export async function confirmCommand(text: string, io: Io): Promise<ExitCode> {
  const link = parseConfirmationLink(text);
  if (link === undefined)
    throw new InputError(
      "expected the link of SNS's confirmation mail, in quotes: 'https://sns.REGION.amazonaws.com/confirmation.html?TopicArn=...&Token=...'",
    );
  const { confirmSubscription, subscriptionClient } = await import("../world/subscriptions.ts");
  const client = subscriptionClient(link);
  try {
    const result = await confirmSubscription(client, link);
    if (result.kind === "refused") throw new UnavailableError(`SNS didn't confirm it: ${result.why}`);
    io.stdout.write(`confirmed: ${visible(result.subscription)}; only who has rights on the topic can end it\n`);
    return 0;
  } finally {
    client.destroy();
  }
}

/** As the stack saw them last. 2: one of them gets no messages. */
export async function subscriptionsCommand(options: DataOptions, io: Io): Promise<ExitCode> {
  return withStore<ExitCode>(options, async ({ state }) => {
    const { value } = await state.document<KnownSubscriptions>(subscriptionsDocument);
    if (value === null)
      throw new InputError("no subscriptions are known: they belong to a stack, which lists them hourly");
    const known = knownTopics(value).flatMap((topic) => topic.known);
    for (const one of known)
      io.stdout.write(
        `${one.state.padEnd(9)} ${visible(subscriptionName(one))}, since ${new Date(one.since).toISOString()}\n`,
      );
    if (known.length === 0) io.stdout.write("nobody is subscribed\n");
    return known.some((one) => isDeaf(one, systemClock())) ? 2 : 0;
  });
}
