/** Somebody says that they have seen an incident: no more reminders, until it gets worse. */

import { advance } from "../judge/incident.ts";
import { defaultPolicy } from "../model/policy.ts";
import { changeCause } from "../steps/change-cause.ts";
import type { Store } from "../store/store.ts";
import type { IncidentJson } from "./json/schemas.ts";

export type AcknowledgeResult = "acknowledged" | "ended";

/** Says so of `incident` in the name of `by`; twice changes nothing. `ended`: it is over, or was never open. */
export async function acknowledge(
  store: Store,
  incident: Pick<IncidentJson, "id" | "class" | "subject">,
  by: string,
  now: number,
): Promise<AcknowledgeResult> {
  const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
  let result: AcknowledgeResult = "ended";
  await changeCause(store, incident.class, incident.subject, (cause) => {
    const same = cause?.incident?.id === incident.id && cause.incident.endedAt === null;
    result = same ? "acknowledged" : "ended";
    if (!same) return null;
    const next = advance(cause, { kind: "acknowledge", by }, policy, now).cause;
    return next === cause ? null : next;
  });
  return result;
}
