/** Several alerts told as one message: what a first look at an imported fleet finds would otherwise be a flood. */

import type { Alert } from "../../model/incident.ts";
import { asciiId, shown } from "./escape.ts";
import { nameOf } from "./headline.ts";
import { type Draft, draftOf, effectOf, eventOf } from "./letter.ts";
import { customersWord, hopWord } from "./phrases.ts";
import { utc } from "./time.ts";

/** The page has the others. */
const mostListed = 200;

/**
 * One message for targets that were never seen to offer TLS. A single alert is worded as it would be alone.
 * `customers` counts one that stands behind several targets once for each: it is a most, and said so.
 */
export function digestOf(alerts: readonly [Alert, ...Alert[]], baseUrl: string | null): Draft {
  const [first] = alerts;
  if (alerts.length === 1) return draftOf(first, baseUrl);
  const customers = alerts.reduce((sum, { context }) => sum + context.customers, 0);
  const url = baseUrl === null ? null : `${baseUrl}/incidents`;
  const text = bodyOf(alerts, customers, url);
  const listed = alerts.slice(0, mostListed);
  const summary = `TLS never offered: ${alerts.length} targets, cleartext, at most ${customersWord(customers)}`;
  return {
    id: first.id,
    subject: `[${asciiId(first.id)}] ${summary}`,
    text,
    sms: `${asciiId(first.id)} ${summary}, found by the first looks after an import`,
    attributes: { class: first.class, kind: first.kind, severity: first.context.severity, ...hopOf(first) },
    event: {
      ...eventOf(first, text, url),
      incidents: listed.map(({ incident }) => incident),
      subject: listed.map(({ subject }) => subject).join(" "),
      since: new Date(earliestOf(alerts)).toISOString(),
      customers,
      customer: null,
    },
  };
}

function bodyOf(alerts: readonly [Alert, ...Alert[]], customers: number, url: string | null): string {
  const listed = alerts.slice(0, mostListed);
  const advice = new Set(
    alerts.flatMap(({ context }) => context.findings.map((finding) => shown(finding.advice, 500))),
  );
  const effects = alerts.map((alert) => effectOf(alert, alert.context.findings));
  const kinds = new Set(effects);
  // Where the gateway enforces TLS mail queues, and beside it goes in clear: then each target's effect stands with it.
  const effect = (index: number) => (kinds.size > 1 ? `: ${effects[index]}` : "");
  return [
    `The first looks after an import found ${alerts.length} targets that have never offered TLS, and are required to.`,
    "",
    `Since:     ${utc(earliestOf(alerts))}`,
    `Customers: at most ${customers}`,
    `Effect:    ${[...kinds].join(", or ")}`,
    "",
    "Which:",
    ...listed.map(
      (alert, index) =>
        `  ${nameOf(alert)}, ${hopWord(alert.context.hop)}, ${whose(alert)}, ${alert.incident}${effect(index)}`,
    ),
    ...(alerts.length > mostListed ? [`  and ${alerts.length - mostListed} more`] : []),
    ...(advice.size === 0 ? [] : ["", "What to do:", ...[...advice].map((line) => `  ${line}`)]),
    ...(url === null ? [] : ["", url]),
    "",
  ].join("\n");
}

function hopOf({ context: { hop } }: Alert): { readonly hop?: string } {
  return hop === null ? {} : { hop };
}

function whose({ context }: Alert): string {
  return context.customer === null ? customersWord(context.customers) : shown(context.customer, 64);
}

function earliestOf([first, ...rest]: readonly [Alert, ...Alert[]]): number {
  return rest.reduce((earliest, { since }) => Math.min(earliest, since), first.since);
}
