/** Plausible things to keep. */

import type { Cause } from "../../lib/model/incident.ts";
import type { CertificateFacts, Observation } from "../../lib/model/observation.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { TargetState } from "../../lib/store/store.ts";

export const t0 = Date.UTC(2026, 10, 20, 12);

export function certificate(sha256 = "a".repeat(64)): CertificateFacts {
  return {
    trust: "trusted",
    chain: [{ sha256, subject: "/CN=mail.acme.example", issuer: "/O=Example CA/CN=Issuing" }],
    leaf: {
      sha256,
      subject: "/CN=mail.acme.example",
      issuer: "/O=Example CA/CN=Issuing",
      serial: "0123456789abcdef",
      dnsNames: ["mail.acme.example"],
      addresses: [],
      commonName: "mail.acme.example",
      notBefore: t0 - 10 * 86_400_000,
      notAfter: t0 + 80 * 86_400_000,
      keyType: "ec",
      keyBits: 256,
      signatureAlgorithm: "sha256WithRSAEncryption",
      namesIssuerPlace: true,
    },
  };
}

export function observation(change: Partial<Observation> = {}): Observation {
  return {
    target: { address: "192.0.2.1", port: 25, tls: "starttls" },
    vantage: "here",
    at: t0,
    host: "mail.acme.example",
    sni: "mail.acme.example",
    outcome: { kind: "starttls-absent", how: "absent" },
    banner: "mail.acme.example ESMTP",
    capabilities: { before: { SIZE: "10240000", "8BITMIME": "" }, after: null },
    leftover: null,
    envelope: null,
    timings: { connect: 12, banner: 30, ehlo: 44 },
    transcript: [
      { at: 30, kind: "received", encrypted: false, text: "220 mail.acme.example ESMTP" },
      { at: 31, kind: "sent", encrypted: false, text: "EHLO probe.chainmail.example" },
    ],
    ...change,
  };
}

export function targetState(change: Partial<TargetState> = {}): TargetState {
  return {
    key: "192.0.2.1:25",
    vantage: "here",
    slice: 0,
    slot: 3,
    facts: observation(),
    factsSince: t0,
    silence: null,
    everEncrypted: true,
    ...change,
  };
}

export function cause(change: Partial<Cause> = {}): Cause {
  return {
    class: "cleartext",
    subject: "192.0.2.1:25",
    state: "suspected",
    stateSince: t0,
    form: "steady",
    votes: [{ at: t0, cycle: 7, round: 0, vantage: "here", answer: "bad" }],
    openings: [],
    incident: null,
    context: {
      host: "mail.acme.example",
      hop: "downstream",
      customers: 1,
      customer: "acme",
      neverOffered: false,
      severity: "critical",
      findings: [],
      lines: [],
      beside: [],
      slot: { slice: 0, slot: 3, vantage: "here" },
    },
    outbox: [],
    due: t0 + (defaultPolicy.confirmAfter[0] ?? 0),
    clean: 0,
    folded: null,
    parent: null,
    ...change,
  };
}
