/** What a look without an answer is called. It never makes a loss (design rule 2). */

import type { Finding } from "../model/finding.ts";
import type { HelloAttempt, Outcome, Reply } from "../model/observation.ts";
import type { Target } from "../model/target.ts";
import type { Answer } from "./answer.ts";
import { finding } from "./findings.ts";

/** The outcomes that say nothing about TLS. */
export type SilentOutcome = Exclude<Outcome, Answer>;

const noRoute = {
  severity: "info",
  consequence: "unknown: no way leads there from here",
  advice:
    "Look from a place that reaches this address family and port, or open them here (on AWS: docs/aws.md); `chainmail doctor` tells.",
} as const;

/** AWS, for one, gives IPv6 addresses none. */
const perhapsNoPtr = {
  consequence: "unknown: other senders may be served; by IPv6 we may be refused since our address has no PTR record",
  advice:
    "Read the reply; look by IPv4 as well, from an address with a PTR record, or have the server admit ours, and run `chainmail doctor`.",
} as const;

/** We have no way to it, as a host without IPv6 has none to an IPv6 address, or a network without port 25 to it: our limit, not theirs. */
export function isUnrouted(outcome: Outcome): boolean {
  return outcome.kind === "no-answer" && outcome.stage === "connect" && outcome.silence === "network-unreachable";
}

export function silenceFinding(outcome: SilentOutcome, { address }: Pick<Target, "address">): Finding {
  switch (outcome.kind) {
    case "forbidden":
      return finding("address.forbidden", [outcome.range]);
    case "no-answer":
      return finding("unreachable", [`${outcome.stage}: ${outcome.silence}`], isUnrouted(outcome) ? noRoute : {});
    case "refused-by-policy":
      return finding("refused-by-policy", replyLines(outcome.reply), address.includes(":") ? perhapsNoPtr : {});
    case "temporarily-refused":
      // 421 in place of an answer to STARTTLS is as temporary as 454 (RFC 3207 §4).
      return finding(
        outcome.stage === "starttls" ? "starttls.temporarily-unavailable" : "unreachable",
        replyLines(outcome.reply),
      );
    case "starttls-not-now":
      return finding("starttls.temporarily-unavailable", replyLines(outcome.reply));
    case "not-smtp":
      return finding("unreachable", [`not SMTP: ${outcome.line}`], {
        advice: "Check what listens on that port: it does not speak SMTP.",
      });
    case "too-much":
      return finding("unreachable", [`too much was sent to be read: ${outcome.what}`], {
        advice: "Check what listens on that port: no mail server sends that much before TLS.",
      });
    case "handshake-broken":
      return finding("unreachable", attemptLines(outcome.attempts), {
        advice: "Look for a firewall that drops large or unusual TLS hellos, and in the mail server's log.",
      });
  }
}

/** `454 4.7.0 TLS not available`, one for each line of the reply. */
export function replyLines({ code, lines }: Reply): readonly string[] {
  return lines.length === 0 ? [String(code)] : lines.map((line) => `${code} ${line}`);
}

/** `usual hello: alert handshake_failure`, one for each attempt. */
export function attemptLines(attempts: readonly HelloAttempt[]): readonly string[] {
  return attempts.map(({ hello, answer, detail }) => `${hello} hello: ${answer} ${detail}`.trimEnd());
}
