/** The published shape of messages for machines: the webhook's body. `docs/schema/event.json` is made from it. */

import * as z from "zod";
import type { AlertEvent } from "../../model/alert-event.ts";
import { severities } from "../../model/finding.ts";
import { incidentClasses } from "../../model/incident.ts";
import type { CloudEvent } from "../../world/channels/cloud-event.ts";

const kinds = [
  "opened",
  "worse",
  "reminder",
  "escalated",
  "flapping",
  "recovered",
  "gone",
  "report",
] as const satisfies readonly AlertEvent["kind"][];
const moment = z.iso.datetime();

const alertClass = z.enum([...incidentClasses, "intermittent", "partial"]);
const kindsOfAlert = kinds.filter((kind) => kind !== "report");

const collectedMessage = z.strictObject({
  id: z.string(),
  incident: z.string(),
  kind: z.enum(kindsOfAlert),
  class: alertClass,
  severity: z.enum(severities),
  subject: z.string(),
  customers: z.int().min(0),
  since: moment,
  at: moment,
});

const alertEvent = z.strictObject({
  id: z.string().describe("`CM-7F3A·2`: incident and number of the message in it. The same id is the same message."),
  incident: z.string(),
  incidents: z
    .array(z.string())
    .min(1)
    .describe("All that it tells of: more than one in a digest, which names the first 200."),
  kind: z
    .enum(kinds)
    .describe("`gone`: no longer in use, which isn't `recovered`. `report`: of no incident, and nothing ends it."),
  class: z
    .enum([...incidentClasses, "intermittent", "partial", "watchdog", "weekly", "test"])
    .describe(
      "`watchdog`: of the monitor's own process; `weekly`: what a week was like; `test`: the monthly test, and nothing is wrong.",
    ),
  drill: z.boolean().describe("True: made up by `chainmail drill`, and nothing is wrong."),
  severity: z.enum(severities),
  subject: z
    .string()
    .describe(
      "A target, a domain or a certificate's SHA-256; of a digest those of its incidents, separated by spaces.",
    ),
  host: z.string(),
  hop: z
    .enum(["gateway", "downstream"])
    .nullable()
    .describe("`gateway`: internet to gateway; `downstream`: gateway to customer; null: the operator's own trouble."),
  customers: z.int().min(0),
  customer: z.string().nullable().describe("The customer's id where one alone is behind the subject."),
  since: moment.describe("The first bad answer."),
  at: moment.describe("When the message came to be owed."),
  url: z.string().nullable().describe("Its page; null where none can be reached."),
  text: z.string().describe("The message as people read it."),
  trace: z
    .string()
    .exactOptional()
    .describe(
      "`5985038.here.1`: cycle, vantage and slice of the newest look behind it, as the logs of a stack have them.",
    ),
  messages: z
    .array(collectedMessage)
    .exactOptional()
    .describe(
      "Of a digest of what came at once: each message in it, in order. `kind` and `class` are the first one's.",
    ),
}) satisfies z.ZodType<AlertEvent>;

const types = kinds.map((kind) => (kind === "report" ? "chainmail.report" : (`chainmail.incident.${kind}` as const)));

const cloudEventSchema = z
  .strictObject({
    specversion: z.literal("1.0"),
    id: z.string().min(1),
    source: z.string().min(1).describe("A URI that tells one installation from others."),
    type: z.enum(types),
    subject: z.string().min(1),
    time: moment,
    datacontenttype: z.literal("application/json"),
    data: alertEvent,
  })
  .describe(
    "A message of an incident as a CloudEvent 1.0: the body of webhooks, of SQS and Lambda subscribers.",
  ) satisfies z.ZodType<CloudEvent>;

/** JSON Schemas (2020-12) by the name of their file in docs/schema. */
export function eventJsonSchemas(): Readonly<Record<string, object>> {
  return { "event.json": z.toJSONSchema(cloudEventSchema) };
}
