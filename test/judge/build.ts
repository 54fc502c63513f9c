/** Observations as a probe would hand them in; each test changes what it is about. */

import { judgeTarget, lookOf, type TargetVerdict, type Under } from "../../lib/judge/target.ts";
import { defaultRequirement, type Requirement } from "../../lib/model/customer.ts";
import type { CertificateFacts, Leaf, Observation, Outcome, Reply, TlsFacts } from "../../lib/model/observation.ts";
import type { TargetLook } from "../../lib/model/status.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** The moment at which all tests judge, unless they say otherwise. */
export const now = Date.UTC(2026, 10, 25, 12);
export const every = 5 * minute;
export const mx = "mx1.acme.example";

export const leaf = (changes: Partial<Leaf> = {}): Leaf => ({
  sha256: "ab".repeat(32),
  subject: `/CN=${mx}`,
  issuer: "/O=Lab/CN=Lab Issuing CA",
  serial: "01",
  dnsNames: [mx],
  addresses: [],
  commonName: mx,
  notBefore: now - 30 * day,
  notAfter: now + 60 * day,
  keyType: "rsa",
  keyBits: 2048,
  signatureAlgorithm: "sha256WithRSAEncryption",
  namesIssuerPlace: false,
  ...changes,
});

export const certificate = (changes: Partial<CertificateFacts> = {}): CertificateFacts => ({
  leaf: leaf(),
  trust: "trusted",
  chain: null,
  ...changes,
});

const tls = (changes: Partial<TlsFacts> = {}): TlsFacts => ({
  protocol: "TLSv1.3",
  cipher: "TLS_AES_256_GCM_SHA384",
  iana: "TLS_AES_256_GCM_SHA384",
  bits: 256,
  group: "x25519",
  groupBits: 253,
  forwardSecret: true,
  authenticated: true,
  seenBy: "library",
  ...changes,
});

export const encrypted = (
  session: Partial<TlsFacts> = {},
  shown: CertificateFacts | null = certificate(),
): Outcome => ({
  kind: "encrypted",
  tls: tls(session),
  certificate: shown,
});

export const reply = (code: number, ...lines: string[]): Reply => ({ code, lines });

export const observation = (outcome: Outcome = encrypted(), changes: Partial<Observation> = {}): Observation => ({
  target: { address: "93.184.215.14", port: 25, tls: "starttls" },
  vantage: "here",
  at: now,
  host: mx,
  sni: mx,
  outcome,
  banner: `${mx} ESMTP`,
  capabilities: { before: { STARTTLS: "", SIZE: "52428800", PIPELINING: "" }, after: { SIZE: "52428800" } },
  leftover: null,
  envelope: null,
  timings: { connect: 20, quit: 400 },
  transcript: [],
  ...changes,
});

/** Facts that answered `age` ms ago; then, where given, silence. */
export const look = (facts: Outcome | null, silence: Outcome | null = null, age = 0): TargetLook => {
  const seen = facts === null ? null : observation(facts, { at: now - age });
  const base =
    seen === null ? { ...lookOf(observation({ kind: "too-much", what: "line" })), silence: null } : lookOf(seen);
  return { ...base, silence: silence === null ? null : observation(silence) };
};

export const requirement = (
  changes: Partial<Requirement["floor"]> = {},
  level: Requirement["level"] = "tls",
): Requirement => ({
  level,
  floor: { ...defaultRequirement.floor, ...changes },
});

export const under = (changes: Partial<Under> = {}): Under => ({
  reference: mx,
  require: requirement(),
  hop: "gateway",
  now,
  everyMs: every,
  outside: false,
  ...changes,
});

/** One of each outcome that is no answer. */
export const silences: readonly Outcome[] = [
  { kind: "forbidden", range: "10.0.0.0/8 (private use, RFC 1918)" },
  { kind: "no-answer", stage: "connect", silence: "timeout" },
  { kind: "no-answer", stage: "connect", silence: "refused" },
  { kind: "no-answer", stage: "banner", silence: "reset" },
  { kind: "no-answer", stage: "starttls", silence: "closed" },
  { kind: "refused-by-policy", stage: "banner", reply: reply(554, "5.7.1 go away") },
  { kind: "refused-by-policy", stage: "ehlo", reply: reply(550, "blocked, see bl.example") },
  { kind: "temporarily-refused", stage: "banner", reply: reply(421, "too many connections") },
  { kind: "temporarily-refused", stage: "starttls", reply: reply(421, "going down") },
  { kind: "not-smtp", line: "HTTP/1.1 400 Bad Request" },
  { kind: "too-much", what: "lines" },
  { kind: "starttls-not-now", reply: reply(454, "4.7.0 TLS not available") },
  { kind: "handshake-broken", attempts: [{ hello: "usual", answer: "reset", detail: "" }] },
];

/** One of each outcome in which the server's own word is a loss. */
export const losses: readonly Outcome[] = [
  { kind: "starttls-absent", how: "absent" },
  { kind: "starttls-absent", how: "masked" },
  { kind: "starttls-absent", how: "helo-only" },
  { kind: "starttls-refused", reply: reply(502, "5.5.1 not implemented") },
  { kind: "handshake-failed", attempts: [{ hello: "usual", answer: "alert", detail: "handshake_failure" }] },
  encrypted({ cipher: "ECDHE-RSA-NULL-SHA", iana: "TLS_ECDHE_RSA_WITH_NULL_SHA", bits: 0 }),
];

export const judge = (outcome: Outcome, changes: Partial<Under> = {}, of: Partial<Observation> = {}) =>
  judgeTarget(lookOf(observation(outcome, of)), under(changes));

type Found = Pick<TargetVerdict, "findings">;
export const codes = ({ findings }: Found) => findings.map(({ code }) => code);
export const severityOf = ({ findings }: Found, code: string) =>
  findings.find((found) => found.code === code)?.severity;

export const withLeaf = (changes: Partial<Leaf>) => encrypted({}, certificate({ leaf: leaf(changes) }));
