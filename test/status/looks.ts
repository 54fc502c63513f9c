/** What probes saw, in few words. */

import type {
  CertificateFacts,
  Leaf,
  Observation,
  Outcome,
  TlsFacts,
  TranscriptLine,
} from "../../lib/model/observation.ts";

/** 2026-11-24 12:00 UTC. */
export const noon = Date.UTC(2026, 10, 24, 12);
export const vantage = "here";
export const day = 86_400_000;

const tls13: TlsFacts = {
  protocol: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  iana: "TLS_AES_256_GCM_SHA384",
  bits: 256,
  group: "x25519mlkem768",
  groupBits: null,
  forwardSecret: true,
  authenticated: true,
  seenBy: "library",
};

export function certificate(
  name: string,
  over: Partial<Leaf> = {},
  trust: CertificateFacts["trust"] = "trusted",
): CertificateFacts {
  const leaf: Leaf = {
    sha256: Buffer.from(name.padEnd(32, ".").slice(0, 32)).toString("hex"),
    subject: `/CN=${name}`,
    issuer: "/C=US/O=Let's Encrypt/CN=R11",
    serial: "04a1",
    dnsNames: [name],
    addresses: [],
    commonName: name,
    notBefore: noon - 20 * day,
    notAfter: noon + 70 * day,
    keyType: "rsa",
    keyBits: 2048,
    signatureAlgorithm: "sha256WithRSAEncryption",
    namesIssuerPlace: true,
    ...over,
  };
  return { leaf, trust, chain: [{ sha256: leaf.sha256, subject: leaf.subject, issuer: leaf.issuer }] };
}

function dialogue(host: string, banner: string, offers: boolean): TranscriptLine[] {
  const received = (at: number, text: string, encrypted = false): TranscriptLine => ({
    at,
    kind: "received",
    encrypted,
    text,
  });
  const sent = (at: number, text: string, encrypted = false): TranscriptLine => ({ at, kind: "sent", encrypted, text });
  const plain = [
    received(41, `220 ${banner}`),
    sent(42, "EHLO watch.example"),
    received(63, `250-${host}`),
    received(63, "250-PIPELINING"),
    received(63, "250-SIZE 52428800"),
  ];
  if (!offers) return [...plain, received(63, "250 8BITMIME"), sent(64, "QUIT"), received(84, "221 2.0.0 Bye")];
  return [
    ...plain,
    received(63, "250 STARTTLS"),
    sent(64, "STARTTLS"),
    received(85, "220 2.0.0 Ready to start TLS"),
    sent(140, "EHLO watch.example", true),
    received(161, `250-${host}`, true),
    received(161, "250 SIZE 52428800", true),
    sent(162, "QUIT", true),
    received(184, "221 2.0.0 Bye", true),
  ];
}

export interface Look {
  readonly address: string;
  readonly port?: number;
  readonly host: string;
  readonly outcome: Outcome;
  readonly banner?: string;
  readonly at?: number;
}

export function observation({
  address,
  port = 25,
  host,
  outcome,
  banner = `${host} ESMTP Postfix`,
  at = noon - 3 * day,
}: Look): Observation {
  const answered = outcome.kind === "encrypted" || outcome.kind === "starttls-absent";
  return {
    target: { address, port, tls: "starttls" },
    vantage,
    at,
    host,
    sni: host,
    outcome,
    banner: answered ? banner : null,
    capabilities: {
      before: answered
        ? { PIPELINING: "", SIZE: "52428800", ...(outcome.kind === "encrypted" ? { STARTTLS: "" } : {}) }
        : null,
      after: null,
    },
    leftover: null,
    envelope: null,
    timings: { connect: 20 },
    transcript: answered
      ? dialogue(host, banner, outcome.kind === "encrypted")
      : [{ at: 0, kind: "note", text: "Connecting" }],
  };
}

export const encrypted = (facts: CertificateFacts | null, tls: Partial<TlsFacts> = {}): Outcome => ({
  kind: "encrypted",
  tls: { ...tls13, ...tls },
  certificate: facts,
});
export const silence: Outcome = { kind: "no-answer", stage: "connect", silence: "timeout" };
export const clear: Outcome = { kind: "starttls-absent", how: "absent" };
