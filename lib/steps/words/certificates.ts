/** The week's certificates in one message for each recipient: their end is far enough not to be news of the day. */

import type { Alert } from "../../model/incident.ts";
import { collectedOf } from "./collected.ts";
import { asciiId, shown } from "./escape.ts";
import { nameOf } from "./headline.ts";
import type { Draft } from "./letter.ts";
import { customersWord } from "./phrases.ts";
import { utc } from "./time.ts";

const mostListed = 200;

/** A single one is worded as it would be alone. */
export function certificatesOf(alerts: readonly [Alert, ...Alert[]], baseUrl: string | null): Draft {
  const draft = collectedOf(alerts, baseUrl);
  if (alerts.length === 1) return draft;
  const soonest = alerts.toSorted((a, b) => endOf(a) - endOf(b));
  const first = soonest[0] ?? alerts[0];
  const summary = `Certificates expiring: ${alerts.length}, the first on ${utc(endOf(first)).slice(0, 10)}`;
  const text = [
    `${alerts.length} certificates are about to expire. They are told of once a week, and each alone when only 7 days and 1 day are left, and when it has expired; one that is renewed before isn't told of again.`,
    "",
    ...soonest
      .slice(0, mostListed)
      .map((alert) => `  ${utc(endOf(alert))}  ${nameOf(alert)}, ${whose(alert)}, ${alert.incident}`),
    ...(soonest.length > mostListed ? [`  and ${soonest.length - mostListed} more`] : []),
    ...(draft.event.url === null ? [] : ["", draft.event.url]),
    "",
  ].join("\n");
  return {
    ...draft,
    subject: `[${asciiId(draft.id)}] ${summary}`,
    text,
    sms: `${asciiId(draft.id)} ${summary}`,
    event: { ...draft.event, text },
  };
}

function endOf({ context, at }: Alert): number {
  return context.ends ?? at;
}

function whose({ context }: Alert): string {
  return context.customer === null ? customersWord(context.customers) : shown(context.customer, 64);
}
