/**
 * Contacts that are told by the watched path alone: when it breaks, the message that says so is among what it holds up.
 * An address is on it where its domain is a customer's, or where DNS leads its mail to a server of a watched hop.
 */

import type { Contact, Customer, Gateway } from "../model/customer.ts";
import type { NotifySettings } from "../model/notify-settings.ts";

/** Where DNS has mail for a domain delivered: host names, lower case and of A-labels; none where that isn't known. */
export type ExchangesOf = (domain: string) => readonly string[];

/** What is watched: all of it, or of a customer at least what concerns its own contacts. */
export interface WatchedFleet {
  readonly gateways: readonly Pick<Gateway, "hosts">[];
  readonly customers: readonly Pick<Customer, "id" | "contacts" | "domains" | "downstream">[];
}

type Told = WatchedFleet["customers"][number];

/** The mail domain of an address, lower case. */
export function mailDomain(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** A customer's addresses, where all that it is told by goes by the watched path; none where a phone or an address elsewhere is there too. */
function contactsOnOwnPath(contacts: readonly Contact[], isWatched: (domain: string) => boolean): readonly string[] {
  return allWatched(mailAlone(contacts), isWatched);
}

/** The same of the operator, who may have web services beside mail. */
function operatorMail(notify: NotifySettings): readonly string[] {
  const { smtp, escalate } = notify;
  const web = [notify, ...(escalate === null ? [] : [escalate])].flatMap((one) => [
    ...one.webhooks,
    ...one.slack,
    ...one.teams,
    ...one.pagerduty,
  ]);
  return web.length > 0 || smtp === null ? [] : [...smtp.to, ...(escalate?.to ?? [])];
}

/** Who is told by the watched path alone, each customer and the operator; asks DNS nothing. */
export interface OwnPaths {
  /** Mail domains whose exchanges decide, each once. */
  readonly asks: readonly string[];
  /** A sentence for the operator and for each customer of whom it is so. */
  readonly warnings: (exchangesOf: ExchangesOf) => readonly string[];
  /** Of one customer. */
  readonly addressesOf: (customer: Told, exchangesOf: ExchangesOf) => readonly string[];
}

export function ownPaths(notify: NotifySettings, { gateways, customers }: WatchedFleet): OwnPaths {
  const domains = new Set(customers.flatMap((customer) => customer.domains.map(({ name }) => name)));
  const servers = new Set([
    ...gateways.flatMap(({ hosts }) => hosts),
    ...customers.flatMap(({ downstream }) => downstream.map(({ host }) => host)),
  ]);
  const operator = operatorMail(notify);

  /** `own`: the domains of the customer that is told. */
  function isWatched(own: Told["domains"], exchangesOf: ExchangesOf) {
    return (domain: string): boolean => {
      if (domains.has(domain)) return true;
      const exchanges = exchangesOf(domain);
      if (exchanges.some((host) => servers.has(host))) return true;
      return own.some(({ name }) => exchangesOf(name).some((host) => exchanges.includes(host)));
    };
  }

  function addressesOf({ contacts, domains: own }: Told, exchangesOf: ExchangesOf): readonly string[] {
    return contactsOnOwnPath(contacts, isWatched(own, exchangesOf));
  }

  function asked(addresses: readonly string[], own: Told["domains"]): readonly string[] {
    const foreign = addresses.map(mailDomain).filter((domain) => !domains.has(domain));
    return foreign.length === 0 ? [] : [...foreign, ...own.map(({ name }) => name)];
  }

  const warned = (whose: string, addresses: readonly string[]) =>
    addresses.length === 0 ? [] : [ownPathWords(whose, addresses)];
  return {
    asks: [
      ...new Set([
        ...asked(operator, []),
        ...customers.flatMap((customer) => asked(mailAlone(customer.contacts), customer.domains)),
      ]),
    ],
    warnings: (exchangesOf) => [
      ...warned("the operator", allWatched(operator, isWatched([], exchangesOf))),
      ...customers.flatMap((customer) => warned(`customer '${customer.id}'`, addressesOf(customer, exchangesOf))),
    ],
    addressesOf,
  };
}

/** One sentence for people; `whose` like `customer 'acme'`. */
export function ownPathWords(whose: string, addresses: readonly string[]): string {
  const [are, them] = addresses.length === 1 ? ["is", "it"] : ["are", "them"];
  return `${whose}: ${addresses.join(", ")} ${are} delivered through mail servers that are watched here; when these break, no message reaches ${them}: add a second channel that doesn't depend on them`;
}

/** The addresses of contacts that have no phone among them. */
function mailAlone(contacts: readonly Contact[]): readonly string[] {
  return contacts.some(({ sms }) => sms !== null) ? [] : contacts.flatMap(({ email }) => email ?? []);
}

function allWatched(addresses: readonly string[], isWatched: (domain: string) => boolean): readonly string[] {
  return addresses.every((address) => isWatched(mailDomain(address))) ? addresses : [];
}
