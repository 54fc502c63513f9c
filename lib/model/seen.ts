/** Which classes of incidents stand on what a vantage saw. */

import type { IncidentClass } from "./incident.ts";

/** A date needs no eyes, and what is the operator's own must not hold itself back. */
export const isSeen: Readonly<Record<IncidentClass, boolean>> = {
  cleartext: true,
  weak: true,
  unauthenticated: true,
  "unsatisfiable-policy": true,
  unreachable: true,
  "temporarily-unavailable": true,
  expiring: false,
  blind: false,
  deaf: false,
  "mass-change": false,
};
