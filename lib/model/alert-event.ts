/** One message of an incident for machines: the `data` of a CloudEvent. */

import type { HopKind } from "./customer.ts";
import type { Severity } from "./finding.ts";
import type { AlertKind, IncidentClass } from "./incident.ts";

/** An incident's class; `intermittent` where it shows at some of the answers only, `partial` where it does from some vantages only. */
export type AlertClass = IncidentClass | "intermittent" | "partial";

/** What is told beside incidents: of this process itself (`watchdog`), that all was well for a week (`weekly`), and that a channel is heard (`test`). */
type ReportClass = "watchdog" | "weekly" | "test";

/** Its schema is `lib/steps/words/event-schema.ts`. */
export interface AlertEvent {
  /** The same id is the same message. */
  readonly id: string;
  readonly incident: string;
  /** All the incidents that it tells of: more than one in a digest, of which it names no more than its text does. */
  readonly incidents: readonly string[];
  /** `report`: of no incident, and nothing to end. */
  readonly kind: AlertKind | "report";
  readonly class: AlertClass | ReportClass;
  /** Made up by `chainmail drill`: nothing is wrong. */
  readonly drill: boolean;
  readonly severity: Severity;
  /** A target, a domain, a certificate's SHA-256, what several of them share, a vantage, a contact or `fleet`; of a digest those of its incidents, separated by spaces. */
  readonly subject: string;
  readonly host: string;
  /** Null for what is the operator's own: a vantage, a contact, the fleet. */
  readonly hop: HopKind | null;
  readonly customers: number;
  readonly customer: string | null;
  /** RFC 3339. */
  readonly since: string;
  readonly at: string;
  /** The page of it; null where no page can be reached. */
  readonly url: string | null;
  readonly text: string;
  /** Of the newest look behind it, as the logs of a stack have it; none where nobody looked. */
  readonly trace?: string;
  /** Of a digest of what came at once: each message in it, in order. */
  readonly messages?: readonly CollectedMessage[];
}

/** One message in a digest, as its fields would be alone. */
export interface CollectedMessage
  extends Pick<AlertEvent, "id" | "incident" | "severity" | "subject" | "customers" | "since" | "at"> {
  readonly kind: AlertKind;
  readonly class: AlertClass;
}
