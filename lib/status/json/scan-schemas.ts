/** What a scan found, in the shape that the API and `chainmail scan --json` share. */

import * as z from "zod";
import { protocolNames } from "../../model/observation.ts";

const code = z.string().regex(/^0x[0-9A-F]{4,6}$/);

const suite = z
  .strictObject({
    code,
    iana: z.string().nullable(),
    openssl: z.string().nullable().describe("The IANA name where OpenSSL never had one."),
    bits: z.int().nullable().describe("Strength of the bulk cipher; 0 for NULL."),
    keyExchange: z.string().nullable(),
    authentication: z.string().nullable(),
    cipher: z.string().nullable(),
    integrity: z.string().nullable(),
    forwardSecret: z.boolean().nullable(),
    export: z.boolean().nullable(),
  })
  .describe("All but the code is null for a suite that nobody registered.");

const protocol = z.strictObject({
  name: z.enum(protocolNames),
  accepted: z.boolean().nullable().describe("Null: it isn't known, since the scan was cut short."),
  suites: z.array(suite).describe("In the server's order."),
  preference: z
    .enum(["server", "client", "chacha20"])
    .nullable()
    .describe("Whose order counts; `chacha20`: the server's, but for ChaCha20 where the client likes that best."),
  instead: z.enum(protocolNames).nullable().describe("It answered with this version instead."),
  strayed: z.boolean().describe("It chose what was not offered."),
  incomplete: z.string().nullable().describe("Why the rest isn't known; null: all is."),
});

const habit = z.boolean().nullable();

export const scanShape = {
  depth: z
    .enum(["full", "grade"])
    .nullable()
    .describe("`grade`: of suites and groups the worst was asked for, and what the server likes best."),
  protocols: z
    .array(protocol)
    .describe("One for every version asked, oldest first; empty where no hello could be sent."),
  groups: z.array(
    z.strictObject({
      code,
      name: z.string().nullable(),
      bits: z.int().nullable(),
      kind: z.enum(["elliptic", "finite-field", "post-quantum", "hybrid"]).nullable(),
    }),
  ),
  dhPrimes: z.array(
    z.strictObject({
      bits: z.int(),
      prime: z.string().describe("Hex."),
      known: z
        .string()
        .nullable()
        .describe(
          "Its name where many have it: published (RFC 2409, 3526, 5114, 7919), or Apache's, Postfix's or Java's.",
        ),
      safe: z.boolean().nullable().describe("(p - 1) / 2 is prime too; null: too long to tell."),
    }),
  ),
  signatures: z.array(code).describe("Signature schemes that it signs with in TLS 1.2."),
  signatureSchemes: z
    .array(
      z.strictObject({
        code,
        name: z.string().describe("As RFC 8446 §4.2.3 spells it, or from hash and key; the code where nobody has it."),
        versions: z.array(z.enum(protocolNames)).describe("In which it is used, oldest first."),
      }),
    )
    .optional()
    .describe("All of TLS 1.2 and 1.3; where `depth` is `grade`, what was seen in TLS 1.2."),
  certificates: z.array(z.string()).describe("SHA-256 of each leaf that was shown, and of the other certificate."),
  flaws: z.array(
    z.strictObject({
      name: z.string().describe("As --skip takes it."),
      code: z.string().describe("Of the finding."),
      result: z.enum(["flawed", "sound", "unknown"]),
      detail: z.array(z.string()).describe("What shows it, or why it isn't known."),
    }),
  ),
  habits: z
    .strictObject({
      secureRenegotiation: habit,
      extendedMasterSecret: habit,
      compression: habit,
      heartbeat: habit,
      tickets: habit,
      fallbackScsv: habit,
    })
    .nullable()
    .describe("Null where no hello could be sent; each null where nothing tells it."),
  score: z.int().min(0).max(100).nullable().describe("docs/scan.md has the rule; null where not enough is known."),
  grades: z
    .array(
      z.strictObject({
        standard: z.string(),
        name: z.string(),
        source: z.string(),
        level: z.string().describe("The worst of all criteria."),
        criteria: z.array(
          z.strictObject({
            of: z.enum(["protocol", "suite", "group", "prime", "key", "signature", "habit", "required"]),
            observed: z.string(),
            level: z.string(),
            section: z.string().describe("Of the standard."),
          }),
        ),
      }),
    )
    .nullable()
    .describe("Null where nothing is accepted, or not enough is known."),
  mostSuites: z.int().nullable().describe("Only hellos of at most so many suites were understood; null: of any."),
  extensions: z.boolean().nullable().describe("False: only hellos without any were understood."),
  connections: z.int().min(0).describe("That the scan took, without the light probe's own."),
  throttled: z
    .string()
    .nullable()
    .describe("How the server slowed us down or shut us out; what stands here was known by then."),
  incomplete: z.string().nullable().describe("Why it was cut short, by the server or by us."),
};

const inventory = z.strictObject(scanShape);

export type InventoryJson = z.infer<typeof inventory>;
export type ScannedSuiteJson = z.infer<typeof suite>;
