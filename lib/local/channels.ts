/** The channels of a customers file's `notify` block, as one process has them. */

import type { NotifySettings } from "../model/notify-settings.ts";
import type { Channel, Clock } from "../model/ports.ts";
import type { SecondChannel } from "../steps/notify.ts";
import { createSmtpChannel } from "../world/channels/smtp.ts";
import { webChannels } from "../world/channels/web.ts";

export interface ChannelWorld {
  readonly now: Clock;
  /** In PEM, whom the mail relay is trusted by. */
  readonly roots: readonly string[];
  /** Where its pages are; null where there are none. */
  readonly baseUrl: string | null;
}

/** What an installation without pages calls itself in events. */
const nameless = "urn:chainmail";

/** Those of the operator, who is told of everything. */
export function operatorChannels(notify: NotifySettings, { now, roots, baseUrl }: ChannelWorld): readonly Channel[] {
  return [...mailChannels(notify, notify.smtp?.to ?? [], roots), ...webChannels(notify, baseUrl ?? nameless, now)];
}

/** Those who are told of what nobody acknowledged in time. */
export function secondChannels(
  notify: NotifySettings,
  { now, roots, baseUrl }: ChannelWorld,
): readonly SecondChannel[] {
  const { escalate } = notify;
  if (escalate === null) return [];
  const channels = [...mailChannels(notify, escalate.to, roots), ...webChannels(escalate, baseUrl ?? nameless, now)];
  return channels.map((channel) => ({ after: escalate.after, channel }));
}

/** One for each address, by the relay; none without a relay. */
export function mailChannels(
  { smtp }: NotifySettings,
  addresses: readonly string[],
  roots: readonly string[],
): readonly Channel[] {
  return smtp === null ? [] : addresses.map((address) => createSmtpChannel(smtp, address, roots));
}
