/** What one target is worth under one hop's requirement: facts and silence → verdict, axes and findings. */

import type { HopKind, Requirement } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import type { Capabilities, CertificateFacts, Observation, Outcome } from "../model/observation.ts";
import type { TargetLook } from "../model/status.ts";
import type { TargetJudgement, Verdict } from "../model/verdict.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";
import { maskedKeywords } from "../protocols/smtp/capabilities.ts";
import { type Answer, isAnswer } from "./answer.ts";
import { isProved, judgeAuthentication } from "./authentication.ts";
import { withBesides } from "./besides.ts";
import { judgeEncryption } from "./encryption.ts";
import { finding } from "./findings.ts";
import { attemptLines, replyLines, silenceFinding } from "./silence.ts";

/** A target whose last answer is older than this many intervals is `stale`. */
const staleAfter = 3;

export interface Under {
  /** The name that the certificate must match (RFC 9525 §2); null: the address itself. */
  readonly reference: string | null;
  readonly require: Requirement;
  readonly hop: HopKind;
  /** Epoch ms. */
  readonly now: number;
  readonly everyMs: number;
  /** We look from outside the customer's network: to be refused is as it should be (design rule 6). */
  readonly outside: boolean;
}

export interface TargetVerdict extends TargetJudgement {
  /** The verdict of the last facts, where the present one is `unknown` or `stale`. */
  readonly lastKnown: Verdict | null;
  /** False: refused from outside as it should be. */
  readonly counts: boolean;
}

const unjudged = { verdict: "unknown", encryption: "unknown", authentication: "unknown" } as const;

/** What is known after one look and nothing before it. */
export function lookOf(observation: Observation): TargetLook {
  const answered = isAnswer(observation.outcome);
  return {
    facts: answered ? observation : null,
    factsSince: answered ? observation.at : null,
    silence: answered ? null : observation,
    lastSeen: answered ? observation.at : null,
    everEncrypted: observation.outcome.kind === "encrypted",
    names: new Map(),
  };
}

/** The last answer holds for three intervals; silence is told beside it and never changes it (design rule 2). */
export function judgeTarget(look: TargetLook, under: Under): TargetVerdict {
  const silent = silenceFindings(look);
  if (look.facts === null) return withoutFacts(look, under, silent);
  const bare = judgeFacts(look.facts, look.names, under);
  const judged = withBesides(bare, look.scan, look.facts, under.require.floor);
  const findings = [...judged.findings, ...silent];
  const age = under.now - (look.lastSeen ?? look.facts.at);
  if (age <= staleAfter * under.everyMs) return { ...judged, findings, lastKnown: null, counts: true };
  return { ...judged, verdict: "stale", findings, lastKnown: judged.verdict, counts: true };
}

/** True where the look says no more than that strangers are kept out, as a well-run downstream server does. */
export function isNotExposed(look: TargetLook, { hop, outside }: Pick<Under, "hop" | "outside">): boolean {
  if (hop !== "downstream" || !outside || look.facts !== null || look.silence === null) return false;
  const { outcome, target } = look.silence;
  if (outcome.kind === "refused-by-policy") return true;
  const refused = outcome.kind === "no-answer" && outcome.stage === "connect" && outcome.silence === "refused";
  // Who dials a private address stands inside: a closed port is a server that is down.
  return refused && forbiddenRange(target.address, { allowPrivate: false }) === null;
}

/** Without age or silence: what these facts are worth at `under.now`. */
export function judgeFacts(
  facts: Observation,
  names: TargetLook["names"],
  under: Pick<Under, "reference" | "require" | "now">,
): TargetJudgement {
  const leftover = facts.leftover === null ? [] : [finding("starttls.response-injected", [facts.leftover])];
  const { outcome } = facts;
  if (outcome.kind === "encrypted") {
    const judged = judgeSession(outcome, ofName(outcome.certificate, names, under.reference), facts, under);
    return { ...judged, findings: [...judged.findings, ...leftover] };
  }
  if (!isAnswer(outcome)) return { ...unjudged, findings: [silenceFinding(outcome, facts.target)] };
  const findings = [...lossFindings(outcome, facts), ...leftover];
  return { verdict: "lost", encryption: "none", authentication: "unknown", findings };
}

function ofName(
  shown: CertificateFacts | null,
  names: TargetLook["names"],
  reference: string | null,
): CertificateFacts | null {
  const own = reference === null ? undefined : names.get(reference);
  return own === undefined ? shown : own;
}

function judgeSession(
  { tls }: Extract<Outcome, { kind: "encrypted" }>,
  certificate: CertificateFacts | null,
  facts: Observation,
  { reference, require, now }: Pick<Under, "reference" | "require" | "now">,
): TargetJudgement {
  const strength = judgeEncryption(tls, certificate?.leaf ?? null, require.floor);
  const proof = judgeAuthentication(tls, certificate, reference ?? facts.target.address, now);
  return {
    verdict: sessionVerdict(strength.encryption, isProved(proof.authentication)),
    encryption: strength.encryption,
    authentication: proof.authentication,
    // In clear, nobody is any better for knowing who the server is.
    findings: strength.encryption === "none" ? strength.findings : [...strength.findings, ...proof.findings],
  };
}

function sessionVerdict(encryption: "none" | "weak" | "strong", isProof: boolean): Verdict {
  switch (encryption) {
    case "none":
      return "lost";
    case "weak":
      return "weak";
    case "strong":
      return isProof ? "secure" : "unverified";
  }
}

/** Only the server's own word comes here (design rule 3). */
function lossFindings(outcome: Exclude<Answer, { kind: "encrypted" }>, facts: Observation): readonly Finding[] {
  switch (outcome.kind) {
    case "starttls-absent":
      return [
        ...absent(outcome.how, facts.capabilities.before),
        ...(facts.unannounced ? [finding("flaw.unannounced-starttls")] : []),
      ];
    case "starttls-refused":
      return [finding("starttls.refused", replyLines(outcome.reply))];
    case "handshake-failed":
      return [finding("tls.handshake-failed", attemptLines(outcome.attempts))];
  }
}

function absent(how: "absent" | "masked" | "helo-only", offered: Capabilities | null): readonly Finding[] {
  const keywords = Object.entries(offered ?? {}).map(([keyword, value]) => `${keyword} ${value}`.trimEnd());
  const evidence = [keywords.length === 0 ? "offered: nothing" : `offered: ${keywords.join(", ")}`];
  switch (how) {
    case "absent":
      return [finding("starttls.absent", evidence)];
    case "helo-only":
      return [finding("starttls.absent", ["EHLO is not known to the server, and HELO was accepted"])];
    case "masked":
      return [finding("starttls.absent", evidence), finding("starttls.masked-in-path", maskedKeywords(offered ?? {}))];
  }
}

function silenceFindings({ silence }: TargetLook): readonly Finding[] {
  if (silence === null || isAnswer(silence.outcome)) return [];
  return [silenceFinding(silence.outcome, silence.target)];
}

function withoutFacts(look: TargetLook, under: Under, silent: readonly Finding[]): TargetVerdict {
  const notExposed = isNotExposed(look, under);
  const evidence = silent.flatMap((found) => found.evidence);
  return {
    ...unjudged,
    findings: notExposed ? [finding("downstream.not-exposed", evidence)] : silent,
    lastKnown: null,
    counts: !notExposed,
  };
}
