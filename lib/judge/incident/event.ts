/** What moves a cause, and what a move brings. */

import type { Cause, CauseContext, IncidentClass, OutboxEntry, ParentFacts, Vote } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import type { Digest } from "./telling.ts";

export interface VoteEvent {
  readonly kind: "vote";
  readonly class: IncidentClass;
  readonly subject: string;
  readonly vote: Vote;
  readonly context: CauseContext;
  /** Vantages that watch this subject and have a vote. */
  readonly sighted: readonly string[];
  /** Vantages that watch it and have none at present: they neither confirm nor heal. */
  readonly blinded: readonly string[];
  /** A cleartext incident of the same subject is open: silence beside it doesn't open another. */
  readonly held: boolean;
  /** Where the subject is what several targets share. */
  readonly parent?: ParentFacts | null;
  /** In the first two cycles after an import: what was found to never have offered TLS leaves as one message. */
  readonly firstLook: Digest | null;
}

export type CauseEvent =
  | VoteEvent
  /** `due` is over. */
  | { readonly kind: "tick" }
  | { readonly kind: "acknowledge"; readonly by: string }
  /** DNS or the operator dropped the subject, or nobody requires anything of it any more. */
  | { readonly kind: "gone" };

export interface Step {
  /** The very same object where nothing changed: then there is nothing to write. */
  readonly cause: Cause | null;
  /**
   * Rounds of this cycle to look again in, `policy.confirmAfter[round - 1]` ms from now, or by `againAfter(policy)` where
   * a tick asks; null: none.
   */
  readonly confirm: { readonly cycle: number; readonly rounds: readonly number[] } | null;
  /** The messages that came to be owed by this step; they stand in the cause's outbox. */
  readonly owed: readonly OutboxEntry[];
}

export interface At {
  readonly policy: IncidentPolicy;
  /** Epoch ms. */
  readonly now: number;
}

/** One state's answer to each event. `bad` and `good` get votes that are new and not older than the state. */
export interface Handlers {
  readonly bad: (cause: Cause, event: VoteEvent, at: At) => Step;
  readonly good: (cause: Cause, event: VoteEvent, at: At) => Step;
  readonly tick: (cause: Cause, at: At) => Step;
  readonly gone: (cause: Cause, at: At) => Step;
}

export function unchanged(cause: Cause | null): Step {
  return { cause, confirm: null, owed: [] };
}

/** The step from `before` to `after`, with what the outbox gained. */
export function changed(before: Cause, after: Cause, confirm: Step["confirm"] = null): Step {
  if (after === before) return unchanged(before);
  return { cause: after, confirm, owed: after.outbox.slice(before.outbox.length) };
}
