/** What verdicts and axes mean, in words that a mail administrator would use. */

import type { Verdict } from "../../model/verdict.ts";
import type { ChainJson, HopJson, TargetJson } from "../json/schemas.ts";

export const meanings: Readonly<Record<Verdict, string>> = {
  secure: "Encrypted, strong, and the server proved who it is",
  unverified: "Encrypted and strong, but nobody proved who the server is",
  weak: "Encrypted, but weaker than required",
  lost: "Not encrypted: mail travels in clear",
  unknown: "Nobody answered, so there is nothing to judge",
  stale: "The last answer is too old to rely on",
};

export const encryptionWords: Readonly<Record<HopJson["encryption"], string>> = {
  strong: "strong",
  weak: "weak, below what is required",
  none: "none, readable on the way",
  unknown: "not known",
};

export const authenticationWords: Readonly<Record<HopJson["authentication"], string>> = {
  pkix: "proved by a public certificate",
  dane: "proved by DANE",
  pinned: "proved by a pinned certificate",
  anonymous: "not proved: no certificate shown",
  "self-signed": "not proved: self-signed certificate",
  untrusted: "not proved: issuer not trusted",
  "name-mismatch": "not proved: certificate is for another name",
  expired: "not proved: certificate has expired",
  "not-yet-valid": "not proved: certificate is not valid yet",
  unknown: "not known",
};

export const enforcementWords: Readonly<Record<HopJson["enforcement"], string>> = {
  nobody: "nobody is told to insist on TLS",
  configured: "the gateway insists on TLS",
  "mta-sts": "senders insist by MTA-STS",
  dane: "senders insist by DANE",
  unknown: "not known",
};

export const requirementWords: Readonly<Record<HopJson["require"], string>> = {
  none: "nothing",
  tls: "TLS",
  verified: "TLS with a proved server",
  dane: "DANE",
  "mta-sts": "MTA-STS",
};

export const tlsModeWords = {
  enabled: "enabled",
  disabled: "disabled",
  enforced: "enforced",
} as const;

function has(hop: HopJson, code: string): boolean {
  return hop.findings.some((finding) => finding.code === code);
}

export function isDisabled(hop: HopJson): boolean {
  return has(hop, "gateway.tls-mode-disabled");
}

export function fromName(hop: HopJson): string {
  if (hop.kind === "gateway") return "the internet";
  return hop.from === "gateway" ? "the gateway" : hop.from;
}

/** A target as it is written; a certificate's digest by its beginning. */
export function subjectWords(subject: string): string {
  return /^[0-9a-f]{64}$/.test(subject) ? `certificate SHA-256 ${subject.slice(0, 12)}…` : subject;
}

export function toName(hop: HopJson): string {
  return hop.kind === "gateway" ? hop.to : `${hop.to}'s mail server`;
}

/** The state of a hop in one sentence. */
export function hopSentence(hop: HopJson): string {
  const way = `from ${fromName(hop)} to ${toName(hop)}`;
  if (isDisabled(hop))
    return `The gateway's TLS mode is disabled for this domain, so mail ${way} goes in clear, however good the server is. No alarm is raised for it.`;
  if (has(hop, "dns.null-mx")) return "This domain says in DNS that it takes no mail.";
  if (!hop.counts) return `Mail ${way} can't be judged from here: outsiders are refused, as it should be.`;
  switch (hop.verdict) {
    case "secure":
      return `Mail ${way} is encrypted, and the server proved who it is.`;
    case "unverified":
      return `Mail ${way} is encrypted, but the server did not prove who it is: somebody in between could pose as it.`;
    case "weak":
      return `Mail ${way} is encrypted, but more weakly than required.`;
    case "lost":
      return `Mail ${way} travels in clear: anybody in between can read it.`;
    case "stale":
      return `Mail ${way} has not been seen for a while: what is shown is the last known state.`;
    case "unknown":
      if (has(hop, "dns.failed")) return `DNS does not say where mail ${way} goes, so it can't be judged.`;
      return hop.lastSeen === null
        ? `No server has answered yet, so mail ${way} can't be judged.`
        : `Mail ${way} can't be judged now, because nobody answers; the last known state is shown.`;
  }
}

/** The chain in one sentence: what its worst hop means, or that all is well. */
export function chainSentence(chain: ChainJson): string {
  const counted = chain.hops.filter((hop) => hop.counts);
  if (counted.length > 1 && counted.every((hop) => hop.verdict === "secure"))
    return "Mail is encrypted all the way to your mail server, and every server on it proved who it is.";
  const decisive = counted.find((hop) => hop.verdict === chain.verdict) ?? chain.hops[0];
  return decisive === undefined ? "There is no hop to watch here yet." : hopSentence(decisive);
}

/** The state of a target in a few words, for its summary line. */
export function targetSummary(target: TargetJson): string {
  if (target.lastKnown !== null) return `last known: ${target.lastKnown}`;
  if (target.tls !== null) return `${target.tls.protocol} · ${target.tls.cipher}`;
  return target.silence?.what ?? target.findings[0]?.consequence ?? "not looked at yet";
}
