/** What several customers share, worded for those of one contact: of its own servers, and of nobody else's. */

import type { Share } from "../../model/circle.ts";
import type { Alert } from "../../model/incident.ts";
import { collectedOf } from "./collected.ts";
import { asciiId, shown } from "./escape.ts";
import { alertClass, headline, statement } from "./headline.ts";
import { type Draft, effectOf } from "./letter.ts";
import { customersWord, hopWord } from "./phrases.ts";
import { utc } from "./time.ts";

const mostListed = 50;
const mostNamed = 10;

/** To one who was told by the parent that is over: it goes on. */
export function stillSo(alert: Alert): Alert {
  return alert.outlasted !== undefined && alert.kind === "opened" ? { ...alert, kind: "reminder" } : alert;
}

/** The alert as the contact of these customers reads it. */
export function sharedFor(alert: Alert, shares: readonly Share[]): Alert {
  const named = shares.flatMap((share) => share.named);
  const customers = [...new Set(named.map(({ customer }) => customer))].sort();
  const hosts = [...new Set(named.map(({ host }) => host))].sort();
  const count = Math.max(customers.length, ...shares.map((share) => share.count));
  const { customersAtMost: _, ...context } = alert.context;
  const also = [
    ...(hosts.length > 1 ? [`your servers: ${listed(hosts, hosts.length)}`] : []),
    ...(count > 1 ? [`your customers: ${listed(customers, count)}`] : []),
  ];
  return stillSo({
    ...alert,
    context: {
      ...context,
      host: hosts[0] ?? context.host,
      customers: count,
      customer: count === 1 ? (customers[0] ?? null) : null,
      // Of a certificate they name whoever shows it.
      lines: alert.class === "expiring" ? also : [...also, ...context.lines],
    },
  });
}

/** Several servers of one contact that suffer for one reason, as one message; all alerts are of one kind and class. */
export function familyOf(alerts: readonly [Alert, ...Alert[]], baseUrl: string | null): Draft {
  const [first] = alerts;
  const draft = collectedOf(alerts, baseUrl);
  const owners = [...new Set(alerts.map(({ context }) => context.customer))];
  const [customer = null] = owners.length === 1 ? owners : [];
  const customers = customer === null ? Math.max(owners.length, ...alerts.map(customersOf)) : 1;
  const url =
    baseUrl === null || customer === null ? draft.event.url : `${baseUrl}/customers/${encodeURIComponent(customer)}`;
  const about = `${alerts.length} servers, ${alertClass(first)}, ${customersWord(customers)}`;
  const summary = `${headline(first)}: ${about}`;
  const text = bodyOf(alerts, { customer, customers, url });
  return {
    ...draft,
    subject: `[${asciiId(draft.id)}] ${summary}`,
    text,
    sms: `${asciiId(draft.id)} ${summary}`,
    event: { ...draft.event, customers, customer, url, text },
  };
}

interface About {
  readonly customer: string | null;
  readonly customers: number;
  readonly url: string | null;
}

function bodyOf(alerts: readonly [Alert, ...Alert[]], { customer, customers, url }: About): string {
  const [first] = alerts;
  const over = first.kind === "recovered" || first.kind === "gone";
  const findings = alerts.flatMap(({ context }) => context.findings);
  const effects = [...new Set(alerts.map((alert) => effectOf(alert, alert.context.findings)))];
  const hops = [...new Set(alerts.map(({ context }) => hopWord(context.hop)))];
  const advice = [...new Set(findings.map((finding) => `  ${shown(finding.advice, 500)}`))];
  const whose = customer === null ? "" : ` of ${shown(customer, 64)}`;
  const rest = alerts.length - mostListed;
  return [
    `${alerts.length} servers${whose} are concerned, for what seems to be one reason that others share:`,
    "",
    ...alerts.slice(0, mostListed).map((alert) => `  ${statement(alert)}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
    "",
    `Since:     ${utc(Math.min(...alerts.map(({ since }) => since)))}`,
    `Hop:       ${hops.join(", and ")}`,
    `Customers: ${customers}${customer === null ? "" : ` (${shown(customer, 64)})`}`,
    ...(over ? [] : [`Effect:    ${effects.join(", or ")}`]),
    ...(over || advice.length === 0 ? [] : ["", "What to do:", ...advice]),
    "",
    `Incidents ${listed([...new Set(alerts.map(({ incident }) => incident))], alerts.length)}`,
    ...(url === null ? [] : [url]),
    "",
  ].join("\n");
}

function customersOf({ context }: Alert): number {
  return context.customers;
}

function listed(names: readonly string[], count: number): string {
  const some = names.slice(0, mostNamed);
  const rest = count - some.length;
  return rest > 0 ? `${some.join(", ")} and ${rest} more` : some.join(", ");
}
