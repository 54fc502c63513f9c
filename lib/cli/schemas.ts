/** The shapes that the commands print with `--json`; `docs/schema/` is generated from them. */

import * as z from "zod";
import { incidentClasses } from "../model/incident.ts";
import { verdicts } from "../model/verdict.ts";
import { finding } from "../status/json/pieces.ts";
import { certificate, session, transcriptRow } from "../status/json/schemas.ts";
import { deadLetterQueues } from "../world/queue-names.ts";
import { scanSchema } from "./scan-schema.ts";

const milliseconds = z.number().min(0);
const verdict = z.enum(verdicts);

const reply = z.strictObject({ code: z.int(), lines: z.array(z.string()) });

const stages = z.enum(["connect", "banner", "ehlo", "starttls", "handshake", "ehlo-again", "envelope", "quit"]);

const probeTargetSchema = z.strictObject({
  target: z.string().describe("What was asked for on the command line."),
  address: z.string().nullable().describe("The address that was dialled; null where there was none to dial."),
  port: z.int().min(1).max(65_535).nullable(),
  host: z.string().nullable().describe("The name the certificate was compared with."),
  serverName: z.string().nullable().describe("The server name sent in the hello (SNI)."),
  preference: z.int().nullable().describe("Of the MX record."),
  verdict,
  encryption: z.enum(["none", "weak", "strong", "unknown"]),
  authentication: z.string(),
  findings: z.array(finding),
  banner: z.string().nullable(),
  capabilities: z
    .strictObject({
      before: z.array(z.string()).nullable().describe("EHLO keywords with their parameters, in clear."),
      after: z.array(z.string()).nullable().describe("The same once encrypted."),
    })
    .describe("Null where EHLO wasn't answered."),
  tls: session.nullable(),
  certificate: certificate.nullable(),
  chain: z
    .array(z.strictObject({ sha256: z.string(), subject: z.string(), issuer: z.string() }))
    .describe("As sent: in the order sent, duplicates included."),
  envelope: z.strictObject({ mail: reply, rcpt: reply.nullable() }).nullable(),
  transcript: z.array(transcriptRow),
  timings: z.partialRecord(stages, milliseconds).describe("Milliseconds since the connect began."),
});

const probeTargetsSchema = z
  .strictObject({
    target: z.string(),
    verdict,
    findings: z.array(finding).describe("Of DNS, and those of all addresses, each once."),
    targets: z.array(probeTargetSchema),
  })
  .describe("Several addresses, or none.");

const probeSchema = z.union([probeTargetSchema, probeTargetsSchema]).describe("chainmail probe --json");

export type CustomerJson = z.infer<typeof customer>;
export type ProbeTargetJson = z.infer<typeof probeTargetSchema>;
export type ProbeTargetsJson = z.infer<typeof probeTargetsSchema>;

const doctorSchema = z
  .strictObject({
    checks: z.array(
      z.strictObject({ name: z.string(), state: z.enum(["good", "warning", "bad", "unknown"]), words: z.string() }),
    ),
  })
  .describe("chainmail doctor --json");

const customer = z.strictObject({
  id: z.string(),
  gateway: z.string().nullable(),
  domains: z.array(z.string()),
  downstream: z.array(z.string()).describe("`host:port`"),
  unsubscribed: z.array(z.string()).describe("Contacts that unsubscribed by the link in a message: they get none."),
});

const customersSchema = z.strictObject({ customers: z.array(customer) }).describe("chainmail customers list --json");

const time = z.iso.datetime({ precision: 3 });
const covers = z.strictObject({
  customer: z.string().nullable(),
  host: z.string().nullable(),
  class: z.enum(incidentClasses).nullable(),
});
const silencesSchema = z
  .strictObject({
    silences: z.array(
      z.strictObject({ id: z.string(), covers, reason: z.string(), by: z.string(), from: time, until: time }),
    ),
    windows: z
      .array(
        z.strictObject({
          id: z.string(),
          covers,
          reason: z.string(),
          next: time.nullable().describe("When it begins next; null: never again."),
        }),
      )
      .describe("Of the customers file."),
  })
  .describe("chainmail silence list --json");

const verificationSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("unbroken"),
      entries: z.int().min(0),
      head: z
        .strictObject({ seq: z.int().min(1), hash: z.string() })
        .nullable()
        .describe("The newest entry."),
    }),
    z.strictObject({
      kind: z.literal("broken"),
      entry: z.string().describe("The first entry that isn't as it was written."),
      what: z.enum(["changed", "removed", "inserted"]),
      why: z.string(),
    }),
  ])
  .describe("chainmail verify --json");

const drillSchema = z
  .strictObject({
    id: z.string(),
    of: z.string().describe("What was asked for: a customer or a target."),
    startedAt: time,
    stages: z
      .array(z.strictObject({ what: z.string(), at: time, afterMs: z.number() }))
      .describe("In the order of time."),
    missing: z
      .array(z.strictObject({ channel: z.string(), kind: z.string(), why: z.string() }))
      .describe("Channels that didn't get a message in time."),
    failure: z.string().nullable().describe("What kept it from coming to its end."),
  })
  .describe("chainmail drill --json");

const deadLettersSchema = z
  .strictObject({
    queues: z.array(
      z.strictObject({
        queue: z.enum(deadLetterQueues),
        name: z.string().describe("SQS's."),
        about: z.int().min(0).describe("How many there are, as far as SQS knows."),
        letters: z.array(
          z.strictObject({
            id: z.string(),
            sentAt: z.int().nullable().describe("Epoch ms."),
            body: z.string(),
            attributes: z.record(z.string(), z.string()),
          }),
        ),
      }),
    ),
  })
  .describe("chainmail dlq show --json");

export type DeadLettersJson = z.infer<typeof deadLettersSchema>;
export type DrillJson = z.infer<typeof drillSchema>;
export type SilencesJson = z.infer<typeof silencesSchema>;
export type VerificationJson = z.infer<typeof verificationSchema>;

/** JSON Schemas (2020-12) by the name of their file in docs/schema. `check` and `status` print `status.json`. */
export function cliJsonSchemas(): Readonly<Record<string, object>> {
  return {
    "probe.json": z.toJSONSchema(probeSchema),
    "scan.json": z.toJSONSchema(scanSchema),
    "doctor.json": z.toJSONSchema(doctorSchema),
    "customers-list.json": z.toJSONSchema(customersSchema),
    "dead-letters.json": z.toJSONSchema(deadLettersSchema),
    "drill.json": z.toJSONSchema(drillSchema),
    "silences.json": z.toJSONSchema(silencesSchema),
    "verification.json": z.toJSONSchema(verificationSchema),
  };
}
