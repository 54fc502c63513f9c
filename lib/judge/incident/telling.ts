/** What an incident says: its id, its messages, and the outbox that owes them. */

import { hash } from "node:crypto";
import {
  type Alert,
  type AlertKind,
  type Cause,
  certificatesDigest,
  type Incident,
  type IncidentClass,
  type OutboxEntry,
  type Reach,
} from "../../model/incident.ts";
import { traceOf } from "../../model/trace.ts";

/** Six digits: among a thousand incidents two share an id once in 34 fleets. */
const idDigits = 6;

/** `CM-7F3A2B`: the same opening of the same cause always has the same id. `openedAt` in epoch ms. */
export function incidentId(cls: IncidentClass, subject: string, openedAt: number): string {
  const digest = hash("sha256", `${cls}|${subject}|${openedAt}`, "hex");
  return `CM-${digest.slice(0, idDigits).toUpperCase()}`;
}

/** Entries of one digest leave as one message at `until`. */
export interface Digest {
  readonly digest: string;
  /** Epoch ms. */
  readonly until: number;
}

/** An incident that is open (or just ended) and its cause. */
export type Opened = Cause & { readonly incident: Incident };

interface Telling {
  readonly digest?: Digest | null;
  /** Epoch ms: it leaves no sooner. */
  readonly notBefore?: number;
  readonly lapsed?: Alert["lapsed"];
  /** The parent that told of it until now. */
  readonly outlasted?: string;
  /** All that know of it, where it is left out. */
  readonly reach?: Reach;
}

/** What a customer's first contacts hear of an incident by. */
const announcing: readonly AlertKind[] = ["opened", "worse", "reminder", "flapping"];

/** Adds the incident's next message to the outbox. */
export function tell(
  cause: Opened,
  kind: AlertKind,
  now: number,
  { digest = null, notBefore = now, lapsed = null, outlasted, reach }: Telling = {},
): Opened {
  const { announced, ...incident } = cause.incident;
  const number = incident.messages + 1;
  const announces = announcing.includes(kind) && (digest === null || digest.digest === certificatesDigest);
  const isUnannounced = !announces && (announced === false || number === 1);
  const newest = cause.votes.at(-1);
  const slice = cause.context.slot?.slice ?? null;
  const alert: Alert = {
    id: `${incident.id}·${number}`,
    incident: incident.id,
    kind,
    class: cause.class,
    form: cause.form,
    subject: cause.subject,
    at: now,
    since: incident.since,
    rate: incident.rate,
    held: null,
    lapsed,
    merged: false,
    within: cause.folded,
    ...(outlasted !== undefined && { outlasted }),
    ...(isUnannounced && { unannounced: true }),
    ...(newest !== undefined && { trace: traceOf({ ...newest, slice }) }),
    parent: cause.parent,
    context: cause.context,
  };
  const entry: OutboxEntry = {
    alert,
    digest: digest?.digest ?? null,
    notBefore: Math.max(now, digest?.until ?? notBefore),
    sentTo: [],
    dead: [],
    attempts: 0,
    leasedUntil: 0,
    reach: reach ?? { over: -1, upTo: incident.escalated },
    asked: null,
    merges: [],
    alone: [],
  };
  const told: Incident = { ...incident, messages: number, ...(isUnannounced && { announced: false }) };
  return { ...cause, incident: told, outbox: [...cause.outbox, entry] };
}
