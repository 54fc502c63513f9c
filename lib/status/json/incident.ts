/** Incidents in the API's shape, from the causes that are open and the messages that were sent. */

import type { Cover } from "../../model/cover.ts";
import { isDrill } from "../../model/drill.ts";
import type { Alert, Cause, CauseContext, Incident, OutboxEntry } from "../../model/incident.ts";
import { sightings } from "../../steps/words/vantages.ts";
import { findingJson } from "./customer.ts";
import type { CoverJson, IncidentJson, SuspicionJson } from "./incident-schemas.ts";
import { iso } from "./time.ts";

export interface SentAlert {
  readonly alert: Alert;
  readonly to: readonly string[];
}

type MessageJson = IncidentJson["messages"][number];

/** An incident that has not ended. `sent` are its messages, in any order; `cover` is the one that it stands under now. */
export function openIncidentJson(
  cause: Cause,
  incident: Incident,
  { sent, cover }: { readonly sent: readonly SentAlert[]; readonly cover: Cover | null },
): IncidentJson {
  return {
    id: incident.id,
    state: cause.state === "recovering" ? "recovering" : "open",
    class: cause.class,
    form: cause.form,
    subject: cause.subject,
    drill: isDrill(cause),
    parent: cause.parent && { ...cause.parent },
    within: cause.folded,
    ...contextJson(cause.context),
    since: iso(incident.since),
    openedAt: iso(incident.openedAt),
    endedAt: iso(incident.endedAt),
    ended: incident.ended,
    acknowledged: incident.acknowledged && { by: incident.acknowledged.by, at: iso(incident.acknowledged.at) },
    silenced: cover && coverJson(cover),
    messages: messages(sent, cause.outbox),
  };
}

/** An incident whose cause is clear again: told by its messages alone. `undefined` without any. */
export function endedIncidentJson(sent: readonly SentAlert[], owed: readonly OutboxEntry[]): IncidentJson | undefined {
  const alerts = [...sent.map(({ alert }) => alert), ...owed.map(({ alert }) => alert)].sort((a, b) => a.at - b.at);
  const first = alerts[0];
  const last = alerts.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    id: last.incident,
    state: "ended",
    class: last.class,
    form: last.form,
    subject: last.subject,
    drill: isDrill(last),
    parent: last.parent && { ...last.parent },
    within: last.within,
    ...contextJson(last.context),
    since: iso(last.since),
    openedAt: iso(first.at),
    endedAt: iso(last.at),
    ended: last.kind === "recovered" || last.kind === "gone" ? last.kind : null,
    acknowledged: null,
    silenced: null,
    messages: messages(sent, owed),
  };
}

/** A cause that was seen and isn't confirmed yet. */
export function suspicionJson({ class: cls, subject, votes, stateSince, context }: Cause): SuspicionJson {
  const { host, hop, severity, customer } = context;
  const first = votes.find(({ answer }) => answer === "bad");
  const drill = isDrill({ subject });
  return { class: cls, subject, drill, host, hop, severity, customer, since: iso(first?.at ?? stateSince) };
}

/** What a customer's own token may see of it: not how many others suffer, nor who else was told. */
export function withoutOthers(incident: IncidentJson): IncidentJson {
  return {
    ...incident,
    customers: null,
    parent: null,
    messages: incident.messages.map((message) => ({ ...message, to: null })),
  };
}

function contextJson(context: CauseContext) {
  const { host, hop, severity, customers, customer, neverOffered, findings, lines } = context;
  return {
    host,
    hop,
    severity,
    customers,
    customer,
    neverOffered,
    findings: findings.map(findingJson),
    lines: [...lines],
    sightings: sightings(context).map((seen) => ({ ...seen, lines: [...seen.lines] })),
  };
}

function messages(sent: readonly SentAlert[], owed: readonly OutboxEntry[]): MessageJson[] {
  const byId = new Map<string, MessageJson>();
  for (const { alert, sentTo } of owed) byId.set(alert.id, messageJson(alert, sentTo));
  for (const { alert, to } of sent) byId.set(alert.id, messageJson(alert, to));
  return [...byId.values()].sort((a, b) => a.at.localeCompare(b.at));
}

function messageJson({ id, kind, at, held }: Alert, to: readonly string[]): MessageJson {
  return { id, kind, at: iso(at), to: [...to], held: held && coverJson(held) };
}

function coverJson({ until, ...cover }: Cover): CoverJson {
  return { ...cover, until: iso(until) };
}
