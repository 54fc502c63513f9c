/** One alert of each kind for `chainmail notify --test`: nothing in them is real, and they say so by their names. */

import type { Alert, AlertKind } from "../../model/incident.ts";

const minute = 60_000;

/** `opened`, `worse`, `reminder`, `escalated`, `flapping`, `recovered` and `gone` of a made-up incident that began 18 minutes before `now`. */
export function sampleAlerts(now: number): readonly Alert[] {
  const kinds: readonly AlertKind[] = ["opened", "worse", "reminder", "escalated", "flapping", "recovered", "gone"];
  return kinds.map((kind, index) => sample(kind, index + 1, now));
}

function sample(kind: AlertKind, message: number, now: number): Alert {
  return {
    id: `CM-TEST·${message}`,
    incident: "CM-TEST",
    kind,
    class: "cleartext",
    form: "steady",
    subject: "192.0.2.1:25",
    at: now,
    since: now - 18 * minute,
    rate: null,
    held: null,
    lapsed: null,
    merged: false,
    within: null,
    parent: null,
    context: {
      host: "mx1.sample.example",
      hop: "gateway",
      customers: 3,
      customer: null,
      neverOffered: false,
      severity: "critical",
      findings: [
        {
          code: "starttls.absent",
          severity: "critical",
          evidence: ["250-mx1.sample.example", "250 SIZE 52428800"],
          consequence: "mail goes in clear",
          advice: "This is a test of the channel: there is nothing to do.",
        },
      ],
      lines: [
        "0.021 <-- 220 mx1.sample.example ESMTP",
        "0.021 --> EHLO chainmail.example",
        "0.043 <-- 250-mx1.sample.example",
        "0.043 <-- 250 SIZE 52428800",
      ],
      beside: [],
      slot: null,
    },
  };
}
