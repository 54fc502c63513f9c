/** Events to PagerDuty (Events API v2): one alert there for each incident here, opened and resolved with it. */

import type { Severity } from "../../model/finding.ts";
import type { PagerDutySettings } from "../../model/notify-settings.ts";
import type { Channel, Letter } from "../../model/ports.ts";
import { oneLine, piecesOf } from "./pieces.ts";
import { channelName, createPost } from "./post.ts";

const longestSummary = 1024;
const longestKey = 255;
const mostDetails = 8000;

/** Throws an `InputError` when the URL can't be used. */
export function createPagerDutyChannel({ url, routingKey }: PagerDutySettings): Channel {
  const post = createPost("PagerDuty", url);
  return {
    name: channelName("pagerduty", url, routingKey),
    unpaced: true,
    deliver: (letter) => post(JSON.stringify(pagerDutyEvent(letter, routingKey))),
  };
}

/** PagerDuty takes text as it is, and shows it on pages, phones and in its mails: one bounded line of visible characters. */
export function pagerDutyText(text: string, max = longestSummary): string {
  return oneLine(text, max);
}

/**
 * `resolve` at the incident's end, else `trigger`: a further one to an alert that is still open is a line in its log.
 * A digest is an alert of its own that a person closes: the end of one incident isn't the end of all that it told of.
 */
export function pagerDutyEvent(letter: Letter, routingKey: string): object {
  const { kind, incident, incidents } = letter.event;
  const key = incidents.length > 1 ? `digest-${incident}` : incident;
  const head = { routing_key: routingKey, dedup_key: pagerDutyText(key, longestKey) };
  if (kind === "recovered" || kind === "gone") return { ...head, event_action: "resolve" };
  return { ...head, event_action: "trigger", ...triggerOf(letter) };
}

function triggerOf(letter: Letter): object {
  const { id, kind, class: cls, severity, subject, host, hop, customers, customer, since, at, url } = letter.event;
  const { statement, body } = piecesOf(letter, mostDetails, (line) => line.length + 1);
  const details = { id: pagerDutyText(id, 64), kind, since, customers, customer: pagerDutyText(customer ?? "", 64) };
  return {
    client: "Chainmail",
    ...(url !== null && { client_url: url, links: [{ href: url, text: "Open in Chainmail" }] }),
    payload: {
      summary: pagerDutyText(letter.subject),
      source: pagerDutyText(host, longestKey),
      severity: severities[severity],
      timestamp: at,
      component: pagerDutyText(subject, longestKey),
      group: hop,
      class: cls,
      custom_details: { ...details, text: [statement, "", ...body].join("\n") },
    },
  };
}

/** PagerDuty's `error`, between the first two, is nothing that a finding can be. */
const severities: Readonly<Record<Severity, "critical" | "warning" | "info">> = {
  critical: "critical",
  warning: "warning",
  info: "info",
};
