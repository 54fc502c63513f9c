/** What `chainmail probe --json` prints: one object for a target, or one with all of them. */

import { isUnrouted } from "../judge/silence.ts";
import type { Finding } from "../model/finding.ts";
import type { Capabilities, Observation, Reply } from "../model/observation.ts";
import { type TargetJudgement, type Verdict, worst } from "../model/verdict.ts";
import { findingJson } from "../status/json/customer.ts";
import { certificateJson, sessionJson } from "../status/json/facts.ts";
import { transcriptJson } from "../status/json/transcript.ts";
import type { ProbeTargetJson, ProbeTargetsJson } from "./schemas.ts";

/** One address that was looked at, and what it is worth. */
export interface Looked {
  readonly observation: Observation;
  readonly preference: number | null;
  readonly judgement: TargetJudgement;
}

export interface ProbeOutcome {
  readonly verdict: Verdict;
  /** Of DNS, and those of all addresses; each code once for each evidence. */
  readonly findings: readonly Finding[];
  readonly looked: readonly Looked[];
}

/** The worst of several is the whole's, but for those that we have no way to; with nothing to look at nobody knows. */
export function summarise(dns: readonly Finding[], looked: readonly Looked[]): ProbeOutcome {
  const all = [...dns, ...looked.flatMap(({ judgement }) => judgement.findings)];
  const once = new Map(all.map((finding) => [`${finding.code} ${finding.evidence.join("\n")}`, finding]));
  const failed = dns.some(({ code }) => code === "dns.failed");
  const reached = looked.filter(({ observation }) => !isUnrouted(observation.outcome));
  const counting = reached.length > 0 ? reached : looked;
  const verdict = worst([
    ...counting.map(({ judgement }) => judgement.verdict),
    ...(failed ? ["unknown" as const] : []),
  ]);
  return { verdict: verdict ?? "unknown", findings: [...once.values()], looked };
}

/** A single address with its verdict speaks for the whole; where DNS alone makes it `unknown`, it doesn't. */
export function probeJson(
  target: string,
  { verdict, findings, looked }: ProbeOutcome,
): ProbeTargetJson | ProbeTargetsJson {
  const [only, ...more] = looked;
  if (only !== undefined && more.length === 0 && verdict === only.judgement.verdict)
    return { ...targetJson(target, only), findings: findings.map(findingJson) };
  return {
    target,
    verdict,
    findings: findings.map(findingJson),
    targets: looked.map((one) => targetJson(target, one)),
  };
}

/** Where somebody looked and what it is worth: so begins what `probe` and `scan` print of an address. */
export function placeJson(target: string, { observation, preference, judgement }: Looked) {
  return {
    target,
    address: observation.target.address,
    port: observation.target.port,
    host: observation.host,
    serverName: observation.sni,
    preference,
    verdict: judgement.verdict,
  };
}

function targetJson(target: string, looked: Looked): ProbeTargetJson {
  const { observation, judgement } = looked;
  const { outcome, capabilities, envelope } = observation;
  const certificate = outcome.kind === "encrypted" ? outcome.certificate : null;
  return {
    ...placeJson(target, looked),
    encryption: judgement.encryption,
    authentication: judgement.authentication,
    findings: judgement.findings.map(findingJson),
    banner: observation.banner,
    capabilities: { before: keywords(capabilities.before), after: keywords(capabilities.after) },
    tls: sessionJson(observation),
    certificate: certificateJson(certificate),
    chain: (certificate?.chain ?? []).map((entry) => ({ ...entry })),
    envelope: envelope && { mail: replyJson(envelope.mail), rcpt: envelope.rcpt && replyJson(envelope.rcpt) },
    transcript: transcriptJson(observation),
    timings: { ...observation.timings },
  };
}

function keywords(capabilities: Capabilities | null): string[] | null {
  return capabilities && Object.entries(capabilities).map(([keyword, value]) => `${keyword} ${value}`.trim());
}

function replyJson({ code, lines }: Reply): { code: number; lines: string[] } {
  return { code, lines: [...lines] };
}
