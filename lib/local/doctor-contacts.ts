/** Is anybody told, and by a way that doesn't break together with what is watched? */

import { ownPaths, type WatchedFleet } from "../judge/own-path.ts";
import type { Contact, Customer, Gateway } from "../model/customer.ts";
import type { NotifySettings } from "../model/notify-settings.ts";
import type { Resolver } from "../model/ports.ts";
import type { Check } from "./doctor.ts";
import { findExchanges } from "./exchanges.ts";

/** What stands in the store about who is told. */
export interface ToldFleet {
  readonly notify: NotifySettings;
  readonly gateways: readonly Gateway[];
  readonly customers: AsyncIterable<Customer> | Iterable<Customer>;
  /** Addresses of contacts that unsubscribed, in lower case. */
  readonly unsubscribed: ReadonlySet<string>;
}

/** How this installation reaches people beside the channels of the settings. */
export interface Ways {
  /** The stack's own, as on AWS. */
  readonly topic: boolean;
  /** It can send SMS to a contact's number. */
  readonly phones: boolean;
}

/** So many customers are named; the rest is counted. */
const mostNamed = 3;

type Told = Pick<Customer, "id" | "contacts" | "domains" | "downstream">;

export async function checkContacts(
  { notify, gateways, customers, unsubscribed }: ToldFleet,
  ways: Ways,
  resolver: Resolver,
): Promise<readonly Check[]> {
  const all: Told[] = [];
  const left: Left[] = [];
  for await (const { id, contacts, domains, downstream } of customers) {
    const wanted = contacts.filter(({ email }) => email === null || !unsubscribed.has(email.toLowerCase()));
    if (wanted.length < contacts.length)
      left.push({ id, contacts: contacts.filter((one) => !wanted.includes(one)), hears: wanted.length > 0 });
    all.push({ id, contacts: wanted, domains, downstream });
  }
  const withContacts = all.filter(({ contacts }) => contacts.length > 0);
  return [
    told(notify, ways),
    ...unreached(notify, withContacts, ways),
    leftOnes(left),
    await paths(notify, { gateways, customers: all }, resolver),
  ].flat();
}

/** Has nobody but whoever looks at the terminal. */
export function isNobodyTold({ smtp, webhooks, slack, teams, pagerduty }: NotifySettings): boolean {
  return smtp === null && [webhooks, slack, teams, pagerduty].every((channels) => channels.length === 0);
}

export const nobodyTold =
  "nobody is told: no channel is configured; name one in the customers file (notify: with smtp, webhook, slack, teams or pagerduty; docs/customers.md)";

function told(notify: NotifySettings, { topic }: Ways): Check {
  const name = "messages";
  if (topic) return { name, state: "good", words: "leave by the stack's topic" };
  if (isNobodyTold(notify)) return { name, state: "warning", words: nobodyTold };
  const { smtp, webhooks, slack, teams, pagerduty } = notify;
  const counts = { mail: smtp?.to.length ?? 0, webhook: webhooks.length, Slack: slack.length, Teams: teams.length };
  const given = Object.entries({ ...counts, PagerDuty: pagerduty.length }).filter(([, count]) => count > 0);
  const channels = given.map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(", ");
  return { name, state: "good", words: `go to ${channels}; try them by 'chainmail notify --test'` };
}

/** Customers' and second contacts that this installation can't tell. One that isn't configured is none: it is said here and at the start, and is no incident. */
export function unreached(
  notify: NotifySettings,
  customers: readonly Pick<Customer, "id" | "contacts">[],
  ways: Ways,
): readonly Check[] {
  return [
    ...unmailedSecond(notify, ways),
    ...untoldContacts(notify, customers, ways),
    ...silentPhones(customers, ways),
  ];
}

function unmailedSecond({ smtp, escalate }: NotifySettings, { topic }: Ways): readonly Check[] {
  if (smtp !== null || escalate === null || escalate.to.length === 0) return [];
  const instead = topic ? ", or deploy with -c escalateEmail=..." : "";
  const words = `${named(escalate.to)} of notify.escalate.to aren't mailed: there is no notify.smtp to reach them by${instead}`;
  return [{ name: "second contacts", state: "warning", words }];
}

/** Contacts are reached by the mail relay, and their phones by SNS. */
function untoldContacts(
  { smtp }: NotifySettings,
  customers: readonly Pick<Customer, "id" | "contacts">[],
  { topic, phones }: Ways,
): readonly Check[] {
  const isReached = ({ email, sms }: Contact) => (smtp !== null && email !== null) || (phones && sms !== null);
  const lost = customers.filter(({ contacts }) => !contacts.some(isReached));
  if (lost.length === 0) return [];
  const why = smtp === null ? "there is no notify.smtp to reach them by" : "they have nothing but phones";
  const more = topic ? "; where they don't subscribe to the topic themselves, they hear nothing" : "";
  return [
    {
      name: "contacts",
      state: "warning",
      words: `those of ${named(lost.map(({ id }) => `customer '${id}'`))} aren't told: ${why}${more}`,
    },
  ];
}

function phonesUnused(ids: readonly string[]): string {
  return `those of ${named(ids.map((id) => `customer '${id}'`))} get no SMS: this process has no AWS region and credentials to send them by (AWS_REGION with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE)`;
}

export function withPhones<T extends Pick<Customer, "contacts">>(customers: readonly T[]): readonly T[] {
  return customers.filter(({ contacts }) => contacts.some(({ sms }) => sms !== null));
}

function silentPhones(customers: readonly Pick<Customer, "id" | "contacts">[], { phones }: Ways): readonly Check[] {
  const ids = phones ? [] : withPhones(customers).map(({ id }) => id);
  return ids.length === 0 ? [] : [{ name: "phones", state: "warning", words: phonesUnused(ids) }];
}

/** A customer whose contacts unsubscribed, some or all of them. */
interface Left {
  readonly id: string;
  readonly contacts: readonly Contact[];
  readonly hears: boolean;
}

function leftOnes(left: readonly Left[]): readonly Check[] {
  if (left.length === 0) return [];
  const deaf = left.filter(({ hears }) => !hears);
  const worst = [...deaf, ...left.filter(({ hears }) => hears)];
  const words = worst.map(({ id, contacts, hears }) => {
    const whose = `${contacts.map(({ email }) => email).join(", ")} of customer '${id}'`;
    return hears ? whose : `${whose}, who has no other contact`;
  });
  return [{ name: "unsubscribed", state: "warning", words: `${named(words)} get no messages by their own wish` }];
}

async function paths(notify: NotifySettings, fleet: WatchedFleet, resolver: Resolver): Promise<readonly Check[]> {
  const name = "second path";
  const { asks, warnings } = ownPaths(notify, fleet);
  const { exchangesOf, unknown } = await findExchanges(asks, resolver);
  const all = warnings(exchangesOf);
  const more = all.length - mostNamed;
  const rest = more > 0 ? [`and the same of ${more} more`] : [];
  const checks = [...all.slice(0, mostNamed), ...rest].map((words): Check => ({ name, state: "warning", words }));
  if (unknown.length === 0) return checks;
  const words = `whether contacts are told by the watched path alone isn't known: DNS didn't say where mail for ${named(unknown)} is delivered`;
  return [...checks, { name, state: "unknown", words }];
}

function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return more > 0 ? `${names.slice(0, mostNamed).join(", ")} and ${more} more` : names.join(", ");
}
