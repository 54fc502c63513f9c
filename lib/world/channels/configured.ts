/** The channels of a customers file's `notify` block, for one pass over what is owed. */

import type { Contact } from "../../model/customer.ts";
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

/** Where a contact's reader ends its messages; null where there are no pages. */
export type LinkOf = (owner: { readonly customer: string; readonly address: string }) => string | null;

/** That of a customer's contact, by mail: none without a relay. */
export function contactMail(
  mailer: Mailer | null,
  { email }: Contact,
  customer: string,
  linkOf: LinkOf,
): readonly Channel[] {
  if (mailer === null || email === null) return [];
  return [mailer(email, { customer, unsubscribe: linkOf({ customer, address: email }) })];
}

/** One for each address; none without a relay. */
function mailChannels(mailer: Mailer | null, addresses: readonly string[]): readonly Channel[] {
  return mailer === null ? [] : addresses.map((address) => mailer(address));
}

/** What all channels of a customers file are called: the operator's, the second ones, and each contact's. */
export function channelNames(notify: NotifySettings, contacts: Iterable<Contact>): ReadonlySet<string> {
  const { smtp, escalate } = notify;
  const web = [notify, ...(escalate === null ? [] : [escalate])].flatMap((one) => webChannels(one, nameless, () => 0));
  const names = new Set(web.map(({ name }) => name));
  for (const address of [...(smtp?.to ?? []), ...(escalate?.to ?? [])]) names.add(`smtp:${address}`);
  for (const { email, sms } of contacts) {
    if (email !== null) names.add(`smtp:${email}`);
    if (sms !== null) names.add(`sms:${sms}`);
  }
  return names;
}
