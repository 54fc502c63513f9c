/** Nobody acknowledged it in time: second contacts are told, those that wait longest at last. */

import type { Incident } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import { escalatesAt, withDue } from "./cause.ts";
import { type Opened, tell } from "./telling.ts";

/** Null before the time. `now` in epoch ms. */
export function escalate(cause: Opened, policy: IncidentPolicy, now: number): Opened | null {
  const { incident } = cause;
  if ((escalatesAt(incident) ?? now + 1) > now) return null;
  const all = incident.escalations ?? [];
  const escalated = Math.max(...all.filter(({ at }) => at <= now).map(({ after }) => after));
  // Who waits shorter and was told later hears of it now as the others do.
  const left = all.filter(({ at, after }) => at > now && after > escalated);
  const next: Incident = { ...incident, escalations: left, escalated };
  const reach = { over: incident.escalated, upTo: escalated };
  return withDue(tell({ ...cause, incident: next }, "escalated", now, { reach }), policy);
}
