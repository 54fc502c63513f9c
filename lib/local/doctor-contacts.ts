/** Is anybody told, and by a way that doesn't break together with what is watched? */

import { ownPathWarnings } from "../judge/own-path.ts";
import type { Customer } from "../model/customer.ts";
import type { NotifySettings } from "../model/notify-settings.ts";
import type { Check } from "./doctor.ts";

/** What stands in the store about who is told. */
export interface ToldFleet {
  readonly notify: NotifySettings;
  readonly customers: AsyncIterable<Customer> | Iterable<Customer>;
}

/** So many customers are named; the rest is counted. */
const mostNamed = 3;

/** @param hasTopic messages leave by a topic beside the channels of the settings, as on AWS. */
export async function checkContacts({ notify, customers }: ToldFleet, hasTopic: boolean): Promise<readonly Check[]> {
  const all: Pick<Customer, "id" | "contacts" | "domains">[] = [];
  for await (const { id, contacts, domains } of customers) all.push({ id, contacts, domains });
  const warnings = ownPathWarnings(notify, all);
  const withContacts = all.filter(({ contacts }) => contacts.length > 0);
  return [told(notify, hasTopic), untoldContacts(notify, withContacts, hasTopic), paths(warnings)].flat();
}

/** Has nobody but whoever looks at the terminal. */
export function isNobodyTold({ smtp, webhooks, slack, teams, pagerduty }: NotifySettings): boolean {
  return smtp === null && [webhooks, slack, teams, pagerduty].every((channels) => channels.length === 0);
}

export const nobodyTold =
  "nobody is told: no channel is configured; name one in the customers file (notify: with smtp, webhook, slack, teams or pagerduty; docs/customers.md)";

function told(notify: NotifySettings, hasTopic: boolean): Check {
  const name = "messages";
  if (hasTopic) return { name, state: "good", words: "leave by the stack's topic" };
  if (isNobodyTold(notify)) return { name, state: "warning", words: nobodyTold };
  const { smtp, webhooks, slack, teams, pagerduty } = notify;
  const counts = { mail: smtp?.to.length ?? 0, webhook: webhooks.length, Slack: slack.length, Teams: teams.length };
  const given = Object.entries({ ...counts, PagerDuty: pagerduty.length }).filter(([, count]) => count > 0);
  const channels = given.map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`)).join(", ");
  return { name, state: "good", words: `go to ${channels}; try them by 'chainmail notify --test'` };
}

/** Contacts are reached by the mail relay, and their phones on AWS alone. */
function untoldContacts(
  { smtp }: NotifySettings,
  customers: readonly Pick<Customer, "id" | "contacts">[],
  hasTopic: boolean,
): readonly Check[] {
  const isReached = ({ email, sms }: Customer["contacts"][number]) =>
    (smtp !== null && email !== null) || (hasTopic && sms !== null);
  const lost = customers.filter(({ contacts }) => !contacts.some(isReached));
  if (lost.length === 0) return [];
  const why = smtp === null ? "there is no notify.smtp to reach them by" : "one process reaches no phones";
  const more = hasTopic ? "; where they don't subscribe to the topic themselves, they hear nothing" : "";
  return [
    {
      name: "contacts",
      state: "warning",
      words: `those of ${named(lost.map(({ id }) => `customer '${id}'`))} aren't told: ${why}${more}`,
    },
  ];
}

function paths(warnings: readonly string[]): readonly Check[] {
  const shown = warnings.slice(0, mostNamed);
  const more = warnings.length - shown.length;
  const rest = more === 0 ? [] : [`and the same of ${more} more`];
  return [...shown, ...rest].map((words) => ({ name: "second path", state: "warning", words }));
}

function named(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return more > 0 ? `${names.slice(0, mostNamed).join(", ")} and ${more} more` : names.join(", ");
}
