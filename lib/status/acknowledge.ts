/** Somebody says that they have seen an incident: no more reminders, until it gets worse. */

import { advance } from "../judge/incident.ts";
import type { Incident } from "../model/incident.ts";
import { defaultPolicy } from "../model/policy.ts";
import { changeCause } from "../steps/change-cause.ts";
import type { Store } from "../store/store.ts";
import type { IncidentJson } from "./json/incident-schemas.ts";

export type AcknowledgeResult = "acknowledged" | "ended";

/** Says so of `incident` in the name of `by`; twice changes nothing. `ended`: it is over, or was never open. */
export async function acknowledge(
  store: Store,
  incident: Pick<IncidentJson, "id" | "class" | "subject">,
  by: string,
  now: number,
): Promise<AcknowledgeResult> {
  const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
  let acknowledged: Incident["acknowledged"] = null;
  await changeCause(store, incident.class, incident.subject, (cause) => {
    acknowledged = null;
    if (cause?.incident?.id !== incident.id || cause.incident.endedAt !== null) return null;
    const next = advance(cause, { kind: "acknowledge", by }, policy, now).cause;
    acknowledged = next?.incident?.acknowledged ?? null;
    return next === cause ? null : next;
  });
  return await recorded(store, incident, acknowledged);
}

/** Also where it was acknowledged before: a crash may have kept it from the record. */
async function recorded(
  { ledger }: Store,
  { id, class: cls, subject }: Pick<IncidentJson, "id" | "class" | "subject">,
  acknowledged: Incident["acknowledged"],
): Promise<AcknowledgeResult> {
  if (acknowledged === null) return "ended";
  await ledger.putRecord({ kind: "acknowledged", incident: id, class: cls, subject, ...acknowledged });
  return "acknowledged";
}
