/** A fire drill: a made-up loss that takes the real way from the results queue to the phone, and is marked wherever it goes. */

import type { AlertKind } from "./incident.ts";
import type { DrillResults } from "./jobs.ts";
import type { RosterEntry } from "./roster.ts";

const mark = "drill:";

/** `drill:acme`, `drill:192.0.2.1:25`: a subject of its own, so that the real one's causes, facts and marks stay as they are. */
export function drillSubject(of: string): string {
  return `${mark}${of}`;
}

export function isDrill({ subject }: { readonly subject: string }): boolean {
  return subject.startsWith(mark);
}

/** The present drill, or the last one: there is one at a time. Kept as the document `drill`. */
export interface Drill {
  /** `D-` and six hex digits. */
  readonly id: string;
  readonly subject: string;
  /** Whom its made-up results speak of: a real target, wanted by those alone that the drill is for. */
  readonly entry: RosterEntry;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Whatever happens to who began it, it is over then. */
  readonly until: number;
  /** Null while it runs. */
  readonly endedAt: number | null;
  /** Rises while the command that began it lives; left out by older releases. */
  readonly signs?: number;
  /** Results that wait for the process that judges, each until its own time; on AWS the results queue holds them. */
  readonly waiting: readonly { readonly results: DrillResults; readonly at: number }[];
  /** Results that were judged, in the order they were. */
  readonly judged: readonly { readonly cycle: number; readonly round: number; readonly at: number }[];
  /** Names of all channels that have to tell, as the sender knows them; null before it sent anything. */
  readonly expected: readonly string[] | null;
  /** What came of each try. */
  readonly tries: readonly DrillTry[];
}

export interface DrillTry {
  readonly channel: string;
  readonly kind: AlertKind;
  /** Epoch ms when it was answered. */
  readonly at: number;
  readonly result: "sent" | "later" | "never";
  /** Null where it was sent. */
  readonly why: string | null;
}
