/** `chainmail notify --test`: a sample of each kind over every channel that is configured. */

import { InputError } from "../model/input-error.ts";
import { draftOf } from "../steps/words/letter.ts";
import { sampleAlerts } from "../steps/words/samples.ts";
import { operatorChannels, secondChannels } from "../world/channels/configured.ts";
import { createConsoleChannel } from "../world/channels/console.ts";
import { mailerOf } from "../world/channels/smtp.ts";
import { systemClock } from "../world/clock.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import { readFleet } from "./import.ts";
import type { Io } from "./io.ts";
import { rootsOf } from "./looking.ts";
import type { DataOptions } from "./options.ts";

interface NotifyOptions extends DataOptions {
  readonly customers?: string;
  readonly ca?: string;
}

export async function notifyCommand(options: NotifyOptions, io: Io): Promise<ExitCode> {
  if (options.stack !== undefined)
    throw new InputError(
      "--stack: a stack's messages leave by its SNS topic; its web services can be tested with --customers FILE",
    );
  const { pems: roots } = rootsOf(options.ca);
  const { notify } =
    options.customers === undefined
      ? await withStore(options, (store) => store.config.settings())
      : readFleet(options.customers, undefined, io).settings;
  const world = { now: systemClock, mailer: mailerOf(notify, roots), baseUrl: null };
  const channels = [
    createConsoleChannel((text) => io.stdout.write(text)),
    ...operatorChannels(notify, world),
    ...secondChannels(notify, world).map(({ channel }) => channel),
  ];
  let failed = 0;
  for (const channel of channels) {
    for (const alert of sampleAlerts(systemClock())) {
      const delivery = await channel.deliver({ ...draftOf(alert, null), to: channel.name });
      if (delivery.kind === "sent") io.stdout.write(`${channel.name}: ${alert.kind} sent\n`);
      else {
        failed += 1;
        io.stderr.write(`${channel.name}: ${alert.kind} not sent: ${delivery.why}\n`);
      }
    }
  }
  return failed === 0 ? 0 : 2;
}
