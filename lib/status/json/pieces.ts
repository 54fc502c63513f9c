/** What the shapes of several documents are made of. */

import * as z from "zod";
import { severities } from "../../model/finding.ts";

export const time = z.iso.datetime({ precision: 3 });
export const count = z.int().min(0);
export const hopKind = z.enum(["gateway", "downstream"]);

export const finding = z.strictObject({
  code: z.string().describe("Stable; listed in docs/findings.md."),
  severity: z.enum(severities),
  evidence: z.array(z.string()).describe("Lines or values as they came from the wire: escape where shown."),
  consequence: z.string(),
  advice: z.string(),
});

export type FindingJson = z.infer<typeof finding>;
