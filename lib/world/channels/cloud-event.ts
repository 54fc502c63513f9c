/** Messages for machines: CloudEvents 1.0 in the JSON format. Their schema is docs/schema/event.json. */

import type { AlertEvent } from "../../model/alert-event.ts";
import type { AlertKind } from "../../model/incident.ts";
import type { Letter } from "../../model/ports.ts";
import { oneLine } from "./pieces.ts";

type CloudEventType = `chainmail.incident.${AlertKind}` | "chainmail.report";

export interface CloudEvent {
  readonly specversion: "1.0";
  /** With `source` it is the message's own, however often it arrives. */
  readonly id: string;
  readonly source: string;
  readonly type: CloudEventType;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: "application/json";
  readonly data: AlertEvent;
}

const longestKey = 300;
/** A digest names up to 200. */
const longestKeys = 10_000;
const mostText = 100_000;

/**
 * One bounded line of visible characters that no spreadsheet takes for a formula, for whoever collects events in one
 * (https://owasp.org/www-community/attacks/CSV_Injection). Keys of ours begin with a letter, a digit, `_` or `[`.
 */
export function eventText(text: string, max = longestKey): string {
  const line = oneLine(text, max - 1);
  return /^[=+\-@]/.test(line) ? `'${line}` : line;
}

/** `source`: a URI that tells this installation from others. `most`: of the text, in characters. */
export function cloudEventOf({ event }: Letter, source: string, most = mostText): CloudEvent {
  const subject = eventText(event.subject, longestKeys);
  return {
    specversion: "1.0",
    id: event.id,
    source,
    type: event.kind === "report" ? "chainmail.report" : `chainmail.incident.${event.kind}`,
    subject,
    time: event.at,
    datacontenttype: "application/json",
    data: {
      ...event,
      subject,
      host: eventText(event.host),
      customer: event.customer === null ? null : eventText(event.customer),
      text: linesOf(event.text, most),
    },
  };
}

function linesOf(text: string, most: number): string {
  const cut = text.slice(0, most);
  return (cut === text ? text : `${cut}\n...\n`)
    .split("\n")
    .map((line) => eventText(line, most))
    .join("\n");
}
