/** The shapes that the JSON API answers with; `docs/schema/` is generated from them. Times are ISO 8601 in UTC. */

import * as z from "zod";
import { requirementLevels } from "../../model/customer.ts";
import { verdicts } from "../../model/verdict.ts";
import { incidentSchema, incidentsSchema } from "./incident-schemas.ts";
import { count, finding, hopKind, time } from "./pieces.ts";
import { scanShape } from "./scan-schemas.ts";

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
export type SessionJson = z.infer<typeof session>;
export type CertificateJson = z.infer<typeof certificate>;
export type HistoryJson = z.infer<typeof historySchema>;
export type HistoryEventJson = z.infer<typeof historyEvent>;
export type HopAvailabilityJson = z.infer<typeof hopAvailability>;
export type DayJson = z.infer<typeof day>;
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
