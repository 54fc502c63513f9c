/** What must be true of the operator's own incidents: a channel that refused for good is told of, by the others, and none else is. */

import { operatorsOf } from "./about.ts";
import type { Evidence } from "./evidence.ts";

export function deafBreachesOf(evidence: Evidence): readonly string[] {
  const { refusals, received, crashes, outages } = evidence;
  const claims = deafClaims(evidence);
  const operators = operatorsOf(evidence);
  const deaf = new Set(claims.map(({ alert }) => alert.subject));
  const untold = refusals.filter(({ to }) => crashes + outages === 0 && !deaf.has(to));
  const incidents = Map.groupBy(claims, ({ alert }) => alert.incident);
  return [
    ...untold.map(({ to, at }) => `${to} refused for good at ${at}, and nobody was told that it is deaf`),
    ...[...incidents].flatMap(([incident, [first]]) => {
      const subject = first?.alert.subject ?? "";
      const about = received.filter(({ id }) => id.split("·")[0] === incident).map(({ to }) => to);
      const isFounded = refusals.some(({ to, at }) => to === subject && at <= (first?.writtenAt ?? 0));
      return [
        ...(isFounded ? [] : [`${incident} calls ${subject} deaf, which refused nothing`]),
        ...(about.includes(subject) ? [`${subject} was told that it is deaf itself`] : []),
        ...operators
          .filter((name) => name !== subject && !about.includes(name))
          .map((name) => `${name} was never told that ${subject} is deaf`),
      ];
    }),
  ];
}

function deafClaims({ claims }: Evidence): Evidence["claims"] {
  return claims.filter(({ alert }) => alert.class === "deaf");
}
