/** The words of each class of incident. A new class doesn't compile until it has them all. */

import type { HopKind } from "../../model/customer.ts";
import type { Alert, IncidentClass } from "../../model/incident.ts";

interface Phrases {
  /** Starts the subject line: codes and plain ASCII only. */
  readonly title: string;
  /** What is so, behind the target's name. */
  readonly opened: string;
  /** What was so in some of the sessions, behind "3 of 24 sessions". */
  readonly sometimes: string;
  /** What was so all the time, behind the target's name and before "from … to …". */
  readonly was: string;
  /** What is so again, behind the target's name. */
  readonly recovered: string;
  /** What happens to the mail where no finding says it. */
  readonly consequence: string;
}

export const phrases: Readonly<Record<IncidentClass, Phrases>> = {
  cleartext: {
    title: "TLS lost",
    opened: "no longer offers TLS.",
    sometimes: "offered no TLS",
    was: "was without TLS",
    recovered: "offers TLS again.",
    consequence: "mail goes in clear",
  },
  weak: {
    title: "TLS weak",
    opened: "offers TLS that is weaker than required.",
    sometimes: "had weak TLS",
    was: "had TLS that was weaker than required",
    recovered: "offers TLS as strong as required again.",
    consequence: "mail is encrypted, but not as strongly as required",
  },
  unauthenticated: {
    title: "TLS unverified",
    opened: "does not prove who it is.",
    sometimes: "could not be verified",
    was: "did not prove who it is",
    recovered: "proves who it is again.",
    consequence: "mail is encrypted, but anybody in the path could pose as this server",
  },
  "unsatisfiable-policy": {
    title: "Policy unsatisfiable",
    opened: "does not satisfy the policy published for it.",
    sometimes: "did not satisfy the policy",
    was: "did not satisfy the policy published for it",
    recovered: "satisfies its policy again.",
    consequence: "mail queues and bounces",
  },
  expiring: {
    title: "Certificate expiring",
    opened: "shows a certificate that is about to expire.",
    sometimes: "showed a certificate that is about to expire",
    was: "showed a certificate that was about to expire",
    recovered: "shows a certificate that isn't about to expire.",
    consequence: "nothing yet",
  },
  unreachable: {
    title: "Unreachable",
    opened: "does not answer.",
    sometimes: "got no answer",
    was: "did not answer",
    recovered: "answers again.",
    consequence: "mail queues, and bounces when it lasts",
  },
  "temporarily-unavailable": {
    title: "TLS unavailable",
    opened: "keeps saying that TLS isn't available for now.",
    sometimes: "were told that TLS isn't available for now",
    was: "said that TLS wasn't available",
    recovered: "offers TLS again.",
    consequence: "mail queues, or goes in clear where the sender doesn't insist on TLS",
  },
  blind: {
    title: "Vantage blind",
    opened: "no longer sees what others see: what it reports has no vote, and no customer is told of it.",
    sometimes: "saw nothing",
    was: "did not see what others saw",
    recovered: "sees again.",
    consequence: "the hops that only this vantage watches are not watched until it sees again",
  },
  deaf: {
    title: "Contact deaf",
    opened: "can't be reached: messages to it don't arrive.",
    sometimes: "could not be delivered",
    was: "could not be reached",
    recovered: "can be reached again.",
    consequence: "whoever relies on this contact hears nothing",
  },
  "mass-change": {
    title: "Mass change held",
    opened:
      "got worse in many unrelated places at once, or right after a change of what judges it: the messages are held, and you are asked.",
    sometimes: "got worse at once",
    was: "was held",
    recovered: "is no longer held.",
    consequence: "nobody but you is told until it is decided or the time is over",
  },
};

const hopWords = {
  gateway: "internet to gateway",
  downstream: "gateway to customer's mail server",
} as const;

/** Where it happens; of the operator's own trouble, nowhere on a mail's way. */
export function hopWord(hop: HopKind | null): string {
  return hop === null ? "none, it is the monitor's own" : hopWords[hop];
}

/** How many customers an alert concerns, or at most. */
export function whoseWord({ context, parent }: Pick<Alert, "context" | "parent">): string {
  return `${mostWord({ context, parent })}${customersWord(context.customers)}`;
}

/** Before a number of customers of whom some may be counted twice. */
export function mostWord({ context, parent }: Pick<Alert, "context" | "parent">): string {
  return parent?.customersAtMost || context.customersAtMost ? "at most " : "";
}

export function customersWord(customers: number): string {
  return customers === 1 ? "1 customer" : `${customers} customers`;
}
