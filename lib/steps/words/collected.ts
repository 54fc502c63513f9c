/** What came at once, told as one message: any mix of alerts, a line for each, in the order in which they would have left. */

import type { CollectedMessage } from "../../model/alert-event.ts";
import { isDrill } from "../../model/drill.ts";
import { type Severity, severities } from "../../model/finding.ts";
import type { Alert, AlertKind } from "../../model/incident.ts";
import { asciiId } from "./escape.ts";
import { alertClass, digestLine } from "./headline.ts";
import { type Draft, draftOf, eventOf } from "./letter.ts";
import { customersWord } from "./phrases.ts";

/** Of a message's subjects and incidents; the sender puts no more than these together. */
const mostListed = 200;

const groups: readonly (readonly [word: string, kinds: readonly AlertKind[]])[] = [
  ["opened", ["opened"]],
  ["worse", ["worse"]],
  ["flapping", ["flapping"]],
  ["still open", ["reminder", "escalated"]],
  ["over", ["recovered", "gone"]],
];

/** A single alert is worded as it would be alone. `customers` counts one that several alerts concern once for each: it is a most. */
export function collectedOf(alerts: readonly [Alert, ...Alert[]], baseUrl: string | null): Draft {
  const [first, ...rest] = alerts;
  if (rest.length === 0) return draftOf(first, baseUrl);
  const url = baseUrl === null ? null : `${baseUrl}/incidents`;
  // Another selection is another message: it must not have the id of one that somebody may have.
  const id = `${first.id}+${rest.length}`;
  const drill = alerts.every(isDrill);
  const summary = `${alerts.length} messages: ${countsOf(alerts)}`;
  const listed = alerts.slice(0, mostListed);
  const text = bodyOf(listed, summary, url);
  const customers = alerts.reduce((sum, { context }) => sum + context.customers, 0);
  const severity = worstOf(alerts);
  return {
    id,
    subject: `${drill ? "[DRILL] " : ""}[${asciiId(id)}] ${summary}`,
    text,
    sms: `${drill ? "DRILL " : ""}${asciiId(id)} ${summary}, at most ${customersWord(customers)}`,
    attributes: { ...attributesOf(listed), severity: unique(alerts.map(({ context }) => context.severity)) },
    event: {
      ...eventOf(first, text, url),
      id,
      incidents: unique(listed.map(({ incident }) => incident)),
      drill,
      severity,
      subject: unique(listed.map(({ subject }) => subject)).join(" "),
      since: new Date(Math.min(...alerts.map(({ since }) => since))).toISOString(),
      at: new Date(Math.max(...alerts.map(({ at }) => at))).toISOString(),
      customers,
      customer: customerOf(alerts),
      messages: listed.map(messageOf),
    },
  };
}

function countsOf(alerts: readonly Alert[]): string {
  return groups
    .map(([word, kinds]) => ({ word, count: alerts.filter(({ kind }) => kinds.includes(kind)).length }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`)
    .join(", ");
}

function bodyOf(alerts: readonly Alert[], summary: string, url: string | null): string {
  return [
    `${summary}. They came so close together that you get them as one.`,
    "",
    ...alerts.map((alert) => `  ${digestLine(alert)}`),
    ...(url === null ? [] : ["", url]),
    "",
  ].join("\n");
}

/** Subscribers that filter get it where one of its messages meets their filter. */
function attributesOf(alerts: readonly Alert[]): Draft["attributes"] {
  const hops = unique(alerts.flatMap(({ context: { hop } }) => hop ?? []));
  const customer = customerOf(alerts);
  return {
    class: unique(alerts.map(alertClass)),
    kind: unique(alerts.map(({ kind }) => kind)),
    ...(hops.length === 0 ? {} : { hop: hops }),
    ...(customer === null ? {} : { customer }),
    ...(alerts.every(isDrill) && { drill: "true" }),
  };
}

/** The one customer that all of them concern. */
function customerOf([first, ...rest]: readonly Alert[]): string | null {
  const customer = first?.context.customer ?? null;
  return rest.every(({ context }) => context.customer === customer) ? customer : null;
}

function messageOf(alert: Alert): CollectedMessage {
  const { id, incident, kind, subject, since, at, context } = alert;
  return {
    id,
    incident,
    kind,
    class: alertClass(alert),
    severity: context.severity,
    subject,
    customers: context.customers,
    since: new Date(since).toISOString(),
    at: new Date(at).toISOString(),
  };
}

function worstOf(alerts: readonly Alert[]): Severity {
  const worst = Math.max(...alerts.map(({ context }) => severities.indexOf(context.severity)));
  return severities[worst] ?? "info";
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
