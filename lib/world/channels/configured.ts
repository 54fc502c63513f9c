/** The channels of a customers file's `notify` block, for one pass over what is owed. */

import type { NotifySettings } from "../../model/notify-settings.ts";
import type { Channel, Clock } from "../../model/ports.ts";
import type { Mailer } from "./smtp.ts";
import { webChannels } from "./web.ts";

export interface ChannelWorld {
  readonly now: Clock;
  /** Null: no mail leaves. */
  readonly mailer: Mailer | null;
  /** Where its pages are; null where there are none. */
  readonly baseUrl: string | null;
}

/** What an installation without pages calls itself in events. */
const nameless = "urn:chainmail";

/** Those of the operator, who is told of everything. */
export function operatorChannels(notify: NotifySettings, { now, mailer, baseUrl }: ChannelWorld): readonly Channel[] {
  return [...mailChannels(mailer, notify.smtp?.to ?? []), ...webChannels(notify, baseUrl ?? nameless, now)];
}

/** Those who are told of what nobody acknowledged within `after` ms. */
export function secondChannels(
  { escalate }: NotifySettings,
  { now, mailer, baseUrl }: ChannelWorld,
): readonly { readonly after: number; readonly channel: Channel }[] {
  if (escalate === null) return [];
  const channels = [...mailChannels(mailer, escalate.to), ...webChannels(escalate, baseUrl ?? nameless, now)];
  return channels.map((channel) => ({ after: escalate.after, channel }));
}

/** One for each address; none without a relay. */
export function mailChannels(mailer: Mailer | null, addresses: readonly string[]): readonly Channel[] {
  return mailer === null ? [] : addresses.map(mailer);
}
