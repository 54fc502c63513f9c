/** The shapes of incidents, open and ended, and of what is suspected. */

import * as z from "zod";
import { severities } from "../../model/finding.ts";
import { incidentClasses } from "../../model/incident.ts";
import { count, finding, hopKind, time } from "./pieces.ts";

const cover = z.strictObject({
  kind: z.enum(["silence", "window", "breaker", "blind"]),
  id: z.string(),
  reason: z.string(),
  by: z.string().nullable().describe("Null for a window of the customers file."),
  until: time,
});

export const incidentSchema = z
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

export const incidentsSchema = z
  .strictObject({
    incidents: z.array(incidentSchema).describe("Open ones first, then by time, newest first."),
    suspected: z.array(suspicion).describe("Seen, and being looked at again before anybody is told."),
  })
  .describe("GET /v1/incidents");

export type IncidentJson = z.infer<typeof incidentSchema>;
export type CoverJson = z.infer<typeof cover>;
export type SuspicionJson = z.infer<typeof suspicion>;
