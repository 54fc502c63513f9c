/** The shapes that the JSON API answers with; `docs/schema/` is generated from them. Times are ISO 8601 in UTC. */

import * as z from "zod";
import { requirementLevels } from "../../model/customer.ts";
import { severities } from "../../model/finding.ts";
import { incidentClasses } from "../../model/incident.ts";
import { verdicts } from "../../model/verdict.ts";
import { scanShape } from "./scan-schemas.ts";

const time = z.iso.datetime({ precision: 3 });
const count = z.int().min(0);
const share = z.number().min(0).max(1);
const verdict = z.enum(verdicts);
const encryption = z.enum(["none", "weak", "strong", "unknown"]);
const authentication = z.enum([
  "pkix",
  "dane",
  "pinned",
  "anonymous",
  "self-signed",
  "untrusted",
  "name-mismatch",
  "expired",
  "not-yet-valid",
  "unknown",
]);
const enforcement = z.enum(["nobody", "configured", "mta-sts", "dane", "unknown"]);
const hopKind = z.enum(["gateway", "downstream"]);

export const finding = z.strictObject({
  code: z.string().describe("Stable; listed in docs/findings.md."),
  severity: z.enum(severities),
  evidence: z.array(z.string()).describe("Lines or values as they came from the wire: escape where shown."),
  consequence: z.string(),
  advice: z.string(),
});

export const transcriptRow = z.strictObject({
  seconds: z.number().min(0).describe("Since the connect began."),
  mark: z.enum(["-->", "<--", "~~>", "<~~"]).nullable().describe("`~` once encrypted; null for a remark of ours."),
  text: z.string(),
  tone: z.enum(["plain", "good", "bad"]).describe("Of a remark: whether it is good news."),
});

export const certificate = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  names: z.array(z.string()).describe("dNSName and iPAddress entries of subjectAltName."),
  notBefore: time,
  notAfter: time,
  sha256: z.string(),
  key: z.string().describe("Type and size, e.g. `rsa 2048`."),
  signature: z.string(),
  trust: z.enum([
    "trusted",
    "self-signed",
    "untrusted-root",
    "incomplete-chain",
    "invalid-chain",
    "expired-issuer",
    "not-checked",
  ]),
});

export const session = z.strictObject({
  protocol: z.string(),
  cipher: z.string().describe("OpenSSL's name."),
  iana: z.string(),
  group: z.string().nullable(),
  forwardSecret: z.boolean(),
  bits: count,
});

const target = z.strictObject({
  target: z.string().describe("`192.0.2.1:25`, `[2001:db8::1]:25` or `192.0.2.1:465/implicit`."),
  address: z.string(),
  port: z.int().min(1).max(65_535),
  start: z.enum(["starttls", "implicit"]),
  name: z.string().nullable().describe("The name its certificate must match."),
  preference: z.int().nullable().describe("Of the MX record; null on a downstream hop."),
  vantage: z.string(),
  verdict,
  lastKnown: verdict.nullable().describe("The last judged state, where the present one is `unknown` or `stale`."),
  encryption,
  authentication,
  findings: z.array(finding),
  counts: z.boolean().describe("False where it has no part in the hop's verdict, e.g. refused as it should be."),
  since: time.nullable(),
  lastSeen: time.nullable(),
  banner: z.string().nullable(),
  tls: session.nullable(),
  certificate: certificate.nullable(),
  silence: z
    .strictObject({ at: time, what: z.string() })
    .nullable()
    .describe("The last look, where it brought no answer."),
  transcript: z.array(transcriptRow),
});

const hop = z.strictObject({
  kind: hopKind,
  direction: z.literal("inbound"),
  from: z.string(),
  to: z.string(),
  require: z.enum(requirementLevels),
  verdict,
  encryption,
  authentication,
  enforcement,
  findings: z.array(finding),
  since: time.nullable(),
  lastSeen: time.nullable(),
  stale: z.boolean(),
  counts: z.boolean(),
  targets: z.array(target),
});

const chain = z.strictObject({
  domain: z.string().nullable(),
  direction: z.literal("inbound"),
  tlsMode: z.enum(["enabled", "disabled", "enforced"]).nullable(),
  verdict,
  hops: z.array(hop),
});

const { throttled: _, ...found } = scanShape;
const scan = z
  .strictObject({
    ...found,
    since: time.describe(
      "When it was first found so; it is asked again all the time, and nothing is written while it stays.",
    ),
    changed: z
      .strictObject({ at: time, changes: z.array(z.string()).describe("`TLSv1 is gone`.") })
      .nullable()
      .describe("What changed last; null: nothing since it was first scanned."),
    throttled: z
      .strictObject({ at: time, how: z.string() })
      .nullable()
      .describe("The server found us too much: what is known so far stands here, and it is left alone for a while."),
  })
  .describe("What a target's last scan found.");

const statusSchema = z
  .strictObject({
    id: z.string(),
    verdict,
    asOf: time.nullable().describe("When the last cycle began; null before the first."),
    everySeconds: z.number().positive(),
    unsubscribed: z.array(z.string()).describe("Contacts that unsubscribed by the link in a message: they get none."),
    chains: z.array(chain),
    scans: z.record(z.string(), scan).describe("By `target` of the chains' targets; those that were scanned."),
  })
  .describe("GET /v1/customers/{id}");

const day = z.strictObject({
  day: z.iso.date(),
  tls: count,
  clear: count,
  noAnswer: count,
  gap: count.describe("Cycles in which we did not look: nobody's fault but ours."),
  share: share.nullable().describe("Of the answers, those with TLS; null without an answer."),
});

const hopAvailability = z.strictObject({
  hop: hopKind,
  days: z.array(day).describe("All its targets together, oldest first: each answer weighs the same."),
  targets: z.array(
    z.strictObject({ target: z.string(), names: z.array(z.string()), vantage: z.string(), days: z.array(day) }),
  ),
});

const historyEvent = z.discriminatedUnion("kind", [
  z.strictObject({
    at: time,
    kind: z.enum(["answer", "silence"]),
    subject: z.string(),
    vantage: z.string(),
    what: z.string(),
    tls: session.nullable(),
    certificate: certificate.nullable(),
  }),
  z.strictObject({
    at: time,
    kind: z.literal("dns"),
    subject: z.string(),
    came: z.array(z.string()),
    went: z.array(z.string()),
    what: z.string(),
  }),
  z
    .strictObject({ at: time, kind: z.literal("vantage"), subject: z.string(), what: z.string() })
    .describe("A vantage lost its sight, or got it back: our own gap."),
  z
    .strictObject({
      at: time,
      kind: z.literal("scan"),
      subject: z.string(),
      vantage: z.string(),
      what: z.string(),
      changes: z.array(z.string()).describe("`TLSv1 is gone`, `group X25519MLKEM768 is new`."),
    })
    .describe("A scan found something else than the one before."),
]);

const historySchema = z
  .strictObject({
    id: z.string(),
    availability: z.array(hopAvailability),
    events: z.array(historyEvent).describe("Newest first."),
    next: time.nullable().describe("Give it as `before` to get the page after this one; null at the end."),
  })
  .describe("GET /v1/customers/{id}/history?limit=50&before=TIME");

const cover = z.strictObject({
  kind: z.enum(["silence", "window", "breaker", "blind"]),
  id: z.string(),
  reason: z.string(),
  by: z.string().nullable().describe("Null for a window of the customers file."),
  until: time,
});

const incidentSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(["open", "recovering", "ended"]),
    class: z.enum(incidentClasses),
    form: z.enum(["steady", "intermittent", "partial"]),
    subject: z.string(),
    drill: z.boolean().describe("True: made up by `chainmail drill`, and nothing is wrong."),
    parent: z
      .strictObject({
        kind: z.enum(["address", "certificate", "mx-set", "provider", "vantage"]),
        label: z.string(),
        children: count.describe("Subjects that share it."),
        suffering: count.describe("Those of them that suffer."),
      })
      .nullable()
      .describe("Set where it is told once for several subjects: what they share."),
    within: z.string().nullable().describe("Subject of the incident, of the same class, that is told instead of it."),
    host: z.string(),
    hop: hopKind.nullable().describe("Null for what is the operator's own: a vantage, a contact, the fleet."),
    severity: z.enum(severities),
    customers: count.nullable().describe("How many are behind it; null to a customer's own token."),
    customer: z.string().nullable().describe("The customer itself where it is only one."),
    neverOffered: z.boolean(),
    since: time.describe("The first bad answer."),
    openedAt: time,
    endedAt: time.nullable(),
    ended: z.enum(["recovered", "gone"]).nullable(),
    acknowledged: z.strictObject({ by: z.string(), at: time }).nullable(),
    silenced: cover.nullable().describe("The silence or maintenance window that it stands under now: nobody is told."),
    findings: z.array(finding),
    lines: z.array(z.string()),
    sightings: z
      .array(z.strictObject({ vantage: z.string(), answer: z.enum(["good", "bad"]), lines: z.array(z.string()) }))
      .describe("What each vantage saw, side by side; empty where one alone looks."),
    messages: z
      .array(
        z.strictObject({
          id: z.string(),
          kind: z.enum(["opened", "worse", "reminder", "escalated", "flapping", "recovered", "gone"]),
          at: time,
          to: z.array(z.string()).nullable().describe("Null to a customer's own token."),
          held: cover.nullable().describe("What kept it from being told when it came to be owed."),
        }),
      )
      .describe("Oldest first."),
  })
  .describe("GET /v1/incidents/{id}");

const suspicion = z.strictObject({
  class: z.enum(incidentClasses),
  subject: z.string(),
  drill: z.boolean(),
  host: z.string(),
  hop: hopKind.nullable(),
  severity: z.enum(severities),
  customer: z.string().nullable(),
  since: time.describe("The first bad answer."),
});

const incidentsSchema = z
  .strictObject({
    incidents: z.array(incidentSchema).describe("Open ones first, then by time, newest first."),
    suspected: z.array(suspicion).describe("Seen, and being looked at again before anybody is told."),
  })
  .describe("GET /v1/incidents");

const fleetSchema = z
  .strictObject({
    asOf: time.nullable(),
    everySeconds: z.number().positive(),
    customers: z.strictObject({
      total: count,
      judged: count.describe("Less than `total` where the fleet is too large to be judged in one answer."),
      byVerdict: z.strictObject({
        lost: count,
        weak: count,
        unverified: count,
        unknown: count,
        stale: count,
        secure: count,
      }),
    }),
    worst: z.array(z.strictObject({ id: z.string(), verdict })).describe("Worst first, at most 100."),
    incidents: z.strictObject({ open: count, unacknowledged: count }),
    lastCycle: z.strictObject({ cycle: z.int(), at: time }).nullable(),
    vantages: z.array(
      z.strictObject({
        id: z.string(),
        targets: count,
        sight: z
          .enum(["sighted", "doubtful", "blind"])
          .describe("What it reports is believed only while it is sighted; meanwhile its hops become stale."),
        since: time.nullable().describe("Of a doubt or blindness; null while it is sighted."),
        why: z.string().nullable(),
        trusted: z
          .strictObject({ until: time, by: z.string() })
          .nullable()
          .describe("Somebody's word that it sees, whatever seems to be so: `chainmail vantage trust`."),
      }),
    ),
  })
  .describe("GET /v1/fleet");

export type TargetScanJson = z.infer<typeof scan>;
export type StatusJson = z.infer<typeof statusSchema>;
export type ChainJson = z.infer<typeof chain>;
export type HopJson = z.infer<typeof hop>;
export type TargetJson = z.infer<typeof target>;
export type RowJson = z.infer<typeof transcriptRow>;
export type FindingJson = z.infer<typeof finding>;
export type SessionJson = z.infer<typeof session>;
export type CertificateJson = z.infer<typeof certificate>;
export type HistoryJson = z.infer<typeof historySchema>;
export type HistoryEventJson = z.infer<typeof historyEvent>;
export type HopAvailabilityJson = z.infer<typeof hopAvailability>;
export type DayJson = z.infer<typeof day>;
export type IncidentJson = z.infer<typeof incidentSchema>;
export type CoverJson = z.infer<typeof cover>;
export type SuspicionJson = z.infer<typeof suspicion>;
export type FleetJson = z.infer<typeof fleetSchema>;

/** JSON Schemas (2020-12) by the name of their file in docs/schema. */
export function statusJsonSchemas(): Readonly<Record<string, object>> {
  return {
    "status.json": z.toJSONSchema(statusSchema),
    "history.json": z.toJSONSchema(historySchema),
    "incident.json": z.toJSONSchema(incidentSchema),
    "incidents.json": z.toJSONSchema(incidentsSchema),
    "fleet.json": z.toJSONSchema(fleetSchema),
  };
}
