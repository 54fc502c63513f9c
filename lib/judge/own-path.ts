/** Contacts that are told by the watched path alone: when it breaks, the message that says so is among what it holds up. */

import type { Contact, Customer } from "../model/customer.ts";
import type { NotifySettings } from "../model/notify-settings.ts";

/** A mail domain, lower case and of A-labels, whose mail goes by a chain that is watched. */
export type IsWatched = (domain: string) => boolean;

/** The mail domain of an address, lower case. */
export function mailDomain(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** A customer's addresses, where all that it is told by goes by the watched path; none where a phone or an address elsewhere is there too. */
export function contactsOnOwnPath(contacts: readonly Contact[], isWatched: IsWatched): readonly string[] {
  if (contacts.some(({ sms }) => sms !== null)) return [];
  return allWatched(
    contacts.flatMap(({ email }) => email ?? []),
    isWatched,
  );
}

/** The same of the operator, who may have web services beside mail. */
export function operatorsOnOwnPath(notify: NotifySettings, isWatched: IsWatched): readonly string[] {
  const { smtp, escalate } = notify;
  const web = [notify, ...(escalate === null ? [] : [escalate])].flatMap((one) => [
    ...one.webhooks,
    ...one.slack,
    ...one.teams,
    ...one.pagerduty,
  ]);
  return web.length > 0 || smtp === null ? [] : allWatched([...smtp.to, ...(escalate?.to ?? [])], isWatched);
}

/** A sentence for the operator and for each customer of whom it is so; `customers` are all whose mail is watched. */
export function ownPathWarnings(
  notify: NotifySettings,
  customers: readonly Pick<Customer, "id" | "contacts" | "domains">[],
): readonly string[] {
  const watched = new Set(customers.flatMap(({ domains }) => domains.map(({ name }) => name)));
  const isWatched = (domain: string) => watched.has(domain);
  const warned = (whose: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [ownPathWords(whose, addresses)];
  return [
    ...warned("the operator", operatorsOnOwnPath(notify, isWatched)),
    ...customers.flatMap(({ id, contacts }) => warned(`customer '${id}'`, contactsOnOwnPath(contacts, isWatched))),
  ];
}

/** One sentence for people; `whose` like `customer 'acme'`. */
export function ownPathWords(whose: string, addresses: readonly string[]): string {
  const [are, them] = addresses.length === 1 ? ["is", "it"] : ["are", "them"];
  return `${whose}: ${addresses.join(", ")} ${are} delivered through mail servers that are watched here; when these break, no message reaches ${them}: add a second channel that doesn't depend on them`;
}

function allWatched(addresses: readonly string[], isWatched: IsWatched): readonly string[] {
  return addresses.every((address) => isWatched(mailDomain(address))) ? addresses : [];
}
