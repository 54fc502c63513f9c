/**
 * A short digest of what matters in an observation (design rule 10): equal digests mean nothing to write and
 * nothing to judge again.
 *
 * In it: how far the probe came, reply codes, TLS parameters, the leaf, the trust result, the keywords offered.
 * Not in it, since they change while nothing happened: banners, reply texts (they carry ids), times, our own
 * address, the number behind SIZE (backends of one pool differ), the certificates above the leaf (not always read).
 */

import { hash } from "node:crypto";
import type { Capabilities, Observation, Outcome } from "../model/observation.ts";

/** 12 base64url characters: 72 bits, far more than one slot's history needs. */
export function fingerprint(observation: Observation): string {
  const { capabilities } = observation;
  const answered = observation.outcome.kind === "encrypted" || observation.outcome.kind.startsWith("starttls-");
  const parts = [
    ...outcomeParts(observation.outcome),
    // A look that was cut off read fewer keywords by chance: they say nothing then.
    answered ? keywords(capabilities.before) : "",
    answered ? keywords(capabilities.after) : "",
    observation.leftover === null ? "" : "leftover",
  ];
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 12);
}

function outcomeParts(outcome: Outcome): readonly unknown[] {
  switch (outcome.kind) {
    case "forbidden":
      return [outcome.kind, outcome.range];
    case "no-answer":
      return [outcome.kind, silenceClass(outcome)];
    case "refused-by-policy":
      return [outcome.kind, outcome.stage, outcome.reply.code];
    case "temporarily-refused":
    case "starttls-refused":
    case "starttls-not-now":
      return [outcome.kind, outcome.reply.code];
    case "not-smtp":
    case "handshake-broken":
      return [outcome.kind];
    case "too-much":
      return [outcome.kind, outcome.what];
    case "starttls-absent":
      return [outcome.kind, outcome.how];
    case "handshake-failed":
      return [outcome.kind, outcome.attempts.map(({ hello, answer }) => [hello, answer])];
    case "encrypted": {
      const { tls, certificate } = outcome;
      const shown = certificate && [certificate.leaf.sha256, certificate.trust];
      return [outcome.kind, tls.protocol, tls.cipher, tls.group, tls.groupBits, tls.seenBy, shown];
    }
  }
}

/**
 * Three classes only, so that a host that times out now, resets then and stalls a stage later isn't written each
 * cycle: the port is closed, no connection came about, or the connection led to nothing.
 */
function silenceClass({ stage, silence }: Extract<Outcome, { kind: "no-answer" }>): string {
  if (stage !== "connect") return "broken-off";
  return silence === "refused" ? "refused" : "unconnected";
}

/** The keywords in order, and the mechanisms behind AUTH; other parameters decide nothing. */
function keywords(capabilities: Capabilities | null): string {
  if (capabilities === null) return "";
  return Object.entries(capabilities)
    .map(([keyword, value]) => (keyword === "AUTH" ? `AUTH ${value.split(/\s+/).sort().join(" ")}` : keyword))
    .sort()
    .join("\n");
}
