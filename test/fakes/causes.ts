/** Causes and alerts as the judge leaves them behind. */

import type { Alert, Cause, CauseContext, OutboxEntry } from "../../lib/model/incident.ts";
import type { RecordEntry } from "../../lib/model/record.ts";

export const noon = Date.UTC(2026, 10, 24, 12, 0, 0);

export const context: CauseContext = {
  host: "mx1.gateway.example",
  hop: "gateway",
  customers: 3,
  customer: null,
  neverOffered: false,
  severity: "critical",
  findings: [
    {
      code: "starttls.absent",
      severity: "critical",
      evidence: ["offered: SIZE 52428800"],
      consequence: "mail goes in clear",
      advice: "Switch STARTTLS on in the mail server.",
    },
  ],
  lines: ["0.021 <-- 220 mx1.gateway.example ESMTP", "0.043 <-- 250 SIZE 52428800"],
  beside: [],
  slot: null,
};

export function alert(over: Partial<Alert> = {}): Alert {
  return {
    id: "CM-7F3A·1",
    incident: "CM-7F3A",
    kind: "opened",
    class: "cleartext",
    form: "steady",
    subject: "192.0.2.1:25",
    at: noon + 60_000,
    since: noon,
    rate: null,
    held: null,
    lapsed: null,
    merged: false,
    within: null,
    parent: null,
    context,
    ...over,
  };
}

/** The record's entry of a message that went out as soon as it was owed. */
export function recorded(message: Alert, to: readonly string[]): RecordEntry {
  return { kind: "told", at: message.at, alert: message, to };
}

export function owed(over: Partial<Alert> = {}, entry: Partial<OutboxEntry> = {}): OutboxEntry {
  const message = alert(over);
  return {
    alert: message,
    digest: null,
    notBefore: message.at,
    sentTo: [],
    dead: [],
    attempts: 0,
    leasedUntil: 0,
    reach: { over: -1, upTo: 0 },
    asked: null,
    merges: [],
    alone: [],
    ...entry,
  };
}

export function openCause(outbox: readonly OutboxEntry[], over: Partial<Cause> = {}): Cause {
  return {
    class: "cleartext",
    subject: "192.0.2.1:25",
    state: "open",
    stateSince: noon + 60_000,
    form: "steady",
    votes: [],
    clean: 0,
    openings: [noon + 60_000],
    incident: {
      id: "CM-7F3A",
      openedAt: noon + 60_000,
      since: noon,
      endedAt: null,
      ended: null,
      acknowledged: null,
      messages: outbox.length,
      seenFrom: ["here"],
      rate: null,
      quiet: false,
      remind: { at: noon + 86_400_000, after: 86_400_000 },
      escalations: null,
      escalated: 0,
    },
    context,
    outbox,
    folded: null,
    parent: null,
    due: null,
    ...over,
  };
}
