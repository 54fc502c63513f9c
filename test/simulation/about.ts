/** The same history as it concerns one kind of incident alone: that of servers, of what several of them share, or of the breaker. */

import type { Claim, Evidence } from "./evidence.ts";
import { isContact } from "./evidence.ts";

/** What the oracle of servers goes by. */
export const aboutServers = (evidence: Evidence): Evidence =>
  about(evidence, ({ alert }) => alert.parent === null && !operational.includes(alert.class));

/** Of parents, each of which all operators are told of. */
export const aboutParents = (evidence: Evidence): Evidence =>
  toOperators(about(evidence, ({ alert }) => alert.parent !== null));

/** Of what the breaker held. */
export const aboutHolds = (evidence: Evidence): Evidence =>
  toOperators(about(evidence, ({ alert }) => alert.class === "mass-change"));

/** The operator's own trouble. */
const operational: readonly string[] = ["deaf", "mass-change"];

function about(evidence: Evidence, isMeant: (claim: Claim) => boolean): Evidence {
  const claims = evidence.claims.filter(isMeant);
  const others = new Set(evidence.claims.filter((claim) => !isMeant(claim)).map(({ alert }) => alert.id));
  return { ...evidence, claims, received: evidence.received.filter(({ id }) => !others.has(id)) };
}

function toOperators(evidence: Evidence): Evidence {
  const operators = operatorsOf(evidence);
  return { ...evidence, recipients: new Map(evidence.claims.map(({ alert }) => [alert.subject, operators])) };
}

/** With the log, where there is one, and without the phone. */
export function operatorsOf({ recipients }: Evidence): readonly string[] {
  return [...new Set([...recipients.values()].flat())].filter((name) => !isContact(name));
}
