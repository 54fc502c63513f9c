/** The facts of one look, in the API's shape. */

import type { CertificateFacts, Observation, Outcome, Silence, TlsFacts } from "../../model/observation.ts";
import type { CertificateJson, SessionJson } from "./schemas.ts";
import { iso } from "./time.ts";

export function sessionJson({ outcome }: Observation): SessionJson | null {
  return outcome.kind === "encrypted" ? session(outcome.tls) : null;
}

function session({ protocol, cipher, iana, group, forwardSecret, bits }: TlsFacts): SessionJson {
  return { protocol, cipher, iana, group, forwardSecret, bits };
}

export function certificateJson(facts: CertificateFacts | null): CertificateJson | null {
  if (facts === null) return null;
  const { leaf, trust } = facts;
  return {
    subject: leaf.subject,
    issuer: leaf.issuer,
    names: [...leaf.dnsNames, ...leaf.addresses],
    notBefore: iso(leaf.notBefore),
    notAfter: iso(leaf.notAfter),
    sha256: leaf.sha256,
    key: `${leaf.keyType} ${leaf.keyBits}`,
    signature: leaf.signatureAlgorithm,
    trust,
  };
}

const silences: Readonly<Record<Silence, string>> = {
  timeout: "no answer in time",
  refused: "connection refused",
  reset: "connection reset",
  closed: "connection closed",
  "network-unreachable": "network unreachable",
  "host-unreachable": "host unreachable",
  error: "connection failed",
};

const absences = {
  absent: "EHLO answered without STARTTLS",
  masked: "STARTTLS masked in the path (XXXXXXXA)",
  "helo-only": "the server only knows HELO, so no STARTTLS",
} as const;

/** One line for what a look brought, whatever it was. Text from the wire may stand in it: escape where shown. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.kind) {
    case "encrypted":
      return `${outcome.tls.protocol}, ${outcome.tls.cipher}`;
    case "forbidden":
      return `address not dialled: ${outcome.range}`;
    case "no-answer":
      return `${silences[outcome.silence]} (${outcome.stage})`;
    case "refused-by-policy":
      return `refused us at the ${outcome.stage}: ${outcome.reply.code} ${outcome.reply.lines.join(" ")}`;
    case "temporarily-refused":
      return `asked us to come back later: ${outcome.reply.code} ${outcome.reply.lines.join(" ")}`;
    case "not-smtp":
      return `not SMTP: ${outcome.line}`;
    case "too-much":
      return `more ${outcome.what} than we read`;
    case "starttls-absent":
      return absences[outcome.how];
    case "starttls-refused":
      return `STARTTLS refused: ${outcome.reply.code} ${outcome.reply.lines.join(" ")}`;
    case "starttls-not-now":
      return `STARTTLS not now: ${outcome.reply.code} ${outcome.reply.lines.join(" ")}`;
    case "handshake-failed":
    case "handshake-broken": {
      const last = outcome.attempts.at(-1);
      const how = outcome.kind === "handshake-failed" ? "TLS handshake failed" : "TLS handshake broken off";
      return last === undefined ? how : `${how}: ${last.detail}`;
    }
  }
}
