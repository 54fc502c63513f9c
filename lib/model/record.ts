/** The record of incidents: what was told to whom, what was held back and why, who acknowledged or decided. Only ever added to. */

import type { Alert, IncidentClass } from "./incident.ts";

/** `at` is when it was recorded, epoch ms. */
export type RecordEntry =
  /** `to` names those who have it, and with ` (undeliverable)` those who never will. */
  | { readonly kind: "told"; readonly at: number; readonly alert: Alert; readonly to: readonly string[] }
  /** A message that several customers share: some of their contacts, who have it in words of their own. */
  | {
      readonly kind: "told-contacts";
      readonly at: number;
      readonly id: string;
      /** When the message came to be owed, epoch ms. */
      readonly owed: number;
      readonly class: IncidentClass;
      readonly subject: string;
      readonly to: readonly string[];
    }
  /** Kept back by `alert.held`: told at its end, if it holds still. */
  | { readonly kind: "held"; readonly at: number; readonly alert: Alert }
  /** Kept back by `alert.held`, and over before its end: nobody is told. */
  | { readonly kind: "untold"; readonly at: number; readonly alert: Alert }
  | {
      readonly kind: "acknowledged";
      readonly at: number;
      readonly incident: string;
      readonly class: IncidentClass;
      readonly subject: string;
      readonly by: string;
    }
  /** What the breaker holds: told now, or held until then (epoch ms). */
  | {
      readonly kind: "decided";
      readonly at: number;
      readonly hold: string;
      readonly decision: "release" | "keep";
      readonly until: number;
      readonly by: string;
    };

/** What is recorded once, however often it is tried. An incident's id is short: with its subject and time it is unique. */
export function recordId(entry: RecordEntry): string {
  switch (entry.kind) {
    case "told":
    case "untold":
      return `${messageOf(entry.alert)} ${entry.kind}`;
    case "told-contacts":
      return `${entry.id} ${entry.class} ${entry.subject} ${entry.owed} ${entry.kind} ${entry.to[0]} ${entry.to.at(-1)}`;
    case "held":
      return `${messageOf(entry.alert)} held ${entry.alert.held?.id} ${entry.alert.held?.until}`;
    case "acknowledged":
      return `${entry.incident} ${entry.class} ${entry.subject} ${entry.at} acknowledged`;
    case "decided":
      return `${entry.hold} ${entry.decision} ${entry.at}`;
  }
}

function messageOf({ id, class: cls, subject, at }: Alert): string {
  return `${id} ${cls} ${subject} ${at}`;
}
