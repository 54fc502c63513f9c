/** Which incidents there are: those open from their causes, those that ended from the messages they sent. */

import type { OutboxEntry } from "../model/incident.ts";
import { coversNow } from "../steps/covers.ts";
import type { Store } from "../store/store.ts";
import { endedIncidentJson, openIncidentJson, suspicionJson } from "./json/incident.ts";
import type { IncidentJson, SuspicionJson } from "./json/incident-schemas.ts";
import type { StatusJson } from "./json/schemas.ts";

/** Messages looked back upon: what ended before them is no longer listed. */
const lookBack = 500;

/** As of `now` (epoch ms); open ones first, then by time, newest first. */
export async function loadIncidents(store: Store, now: number): Promise<readonly IncidentJson[]> {
  const { state, ledger } = store;
  const [causes, alerts, coverOf] = await Promise.all([
    state.activeCauses(),
    ledger.alerts(lookBack),
    coversNow(store),
  ]);
  const sent = groupBy(alerts, ({ alert }) => alert.incident);
  const open: IncidentJson[] = [];
  const owed: OutboxEntry[] = [];
  for (const { value: cause } of causes) {
    if (cause.incident === null || cause.incident.endedAt !== null) owed.push(...cause.outbox);
    else
      open.push(
        openIncidentJson(cause, cause.incident, {
          sent: sent.get(cause.incident.id) ?? [],
          cover: coverOf(cause, now),
        }),
      );
  }
  const openIds = new Set(open.map(({ id }) => id));
  const owedById = groupBy(owed, ({ alert }) => alert.incident);
  const ended = [...new Set([...sent.keys(), ...owedById.keys()])]
    .filter((id) => !openIds.has(id))
    .flatMap((id) => endedIncidentJson(sent.get(id) ?? [], owedById.get(id) ?? []) ?? []);
  return [...open.sort(newestFirst), ...ended.sort(newestFirst)];
}

/** What was seen and is being looked at again before anybody is told, newest first. */
export async function loadSuspected({ state }: Store): Promise<readonly SuspicionJson[]> {
  const causes = await state.activeCauses();
  const suspected = causes.flatMap(({ value }) => (value.state === "suspected" ? [suspicionJson(value)] : []));
  return suspected.sort((a, b) => b.since.localeCompare(a.since));
}

function newestFirst(a: IncidentJson, b: IncidentJson): number {
  return (b.endedAt ?? b.since).localeCompare(a.endedAt ?? a.since);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(items, key);
}

/** Whether an incident or a suspicion is about something that this customer's mail passes. */
export function concerns(incident: Pick<IncidentJson, "customer" | "subject">, status: StatusJson): boolean {
  if (incident.customer !== null) return incident.customer === status.id;
  return status.chains.some(
    ({ domain, hops }) =>
      domain === incident.subject ||
      hops.some(({ targets }) =>
        targets.some(
          ({ target, certificate }) => target === incident.subject || certificate?.sha256 === incident.subject,
        ),
      ),
  );
}
