/** What becomes of mail where its sender insists on TLS. */

import type { Finding } from "../model/finding.ts";

const queuesAndBounces = "mail queues and bounces";

/** Where the sender insists, what would go in clear doesn't go. */
export function withheld(found: Finding): Finding {
  if (found.code === "starttls.temporarily-unavailable")
    return { ...found, consequence: "mail queues until it passes" };
  // What can be read or broken into stays so, whoever insists.
  if (found.code.startsWith("flaw.")) return found;
  return found.severity === "critical" ? { ...found, consequence: queuesAndBounces } : found;
}

/** True for findings that went through {@link withheld}, where one of them is critical. */
export function areWithheld(findings: readonly Finding[]): boolean {
  return findings.some(({ consequence }) => consequence === queuesAndBounces);
}
