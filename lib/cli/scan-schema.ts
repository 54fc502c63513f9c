/** The shape of `chainmail scan --json`; `docs/schema/scan.json` is generated from it. */

import * as z from "zod";
import { verdicts } from "../model/verdict.ts";
import { finding } from "../status/json/pieces.ts";
import { scanShape } from "../status/json/scan-schemas.ts";
import { certificate, session } from "../status/json/schemas.ts";

const verdict = z.enum(verdicts);
const scanTarget = z.strictObject({
  target: z.string().describe("What was asked for on the command line."),
  address: z.string(),
  port: z.int().min(1).max(65_535),
  host: z.string().nullable().describe("The name the certificate was compared with."),
  serverName: z.string().nullable().describe("The server name sent in the hello (SNI)."),
  preference: z.int().nullable().describe("Of the MX record."),
  verdict: verdict.describe("Of what a modern sender gets."),
  findings: z.array(finding),
  tls: session.nullable().describe("What a modern sender gets."),
  certificate: certificate.nullable(),
  ...scanShape,
  otherCertificate: certificate
    .nullable()
    .describe("The one for the other type of key, RSA or ECDSA, in whichever version; null where there is none."),
  connectionsFor: z
    .strictObject({
      suites: z.int().min(0).describe("Versions, suites, whose order counts, groups."),
      signatures: z.int().min(0).describe("Signature schemes that those didn't show."),
      flaws: z.int().min(0).describe("Flaws, and the other certificate."),
    })
    .optional()
    .describe("What the `connections` were made for; left out where no hello could be sent."),
  answering: z
    .strictObject({
      greeted: z.int().describe("Connections that came to EHLO."),
      withoutTls: z.int().describe("Of those, without an offer of STARTTLS."),
      injected: z.int().describe("Of those, with plaintext behind the 220 to STARTTLS."),
      faces: z.array(z.string()).describe("How each machine introduces itself."),
    })
    .nullable(),
});

const scanTargets = z
  .strictObject({ target: z.string(), verdict, findings: z.array(finding), targets: z.array(scanTarget) })
  .describe("Several addresses, or none.");

export type ScanTargetJson = z.infer<typeof scanTarget>;
export type ScanTargetsJson = z.infer<typeof scanTargets>;

export const scanSchema = z.union([scanTarget, scanTargets]).describe("chainmail scan --json");
