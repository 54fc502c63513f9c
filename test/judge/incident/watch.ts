/** A cause with a clock of its own, so that a test reads as what happened and when. */

import { advance, type CauseEvent, type Digest } from "../../../lib/judge/incident.ts";
import type { Cause, CauseContext, CauseState, IncidentClass } from "../../../lib/model/incident.ts";
import { defaultPolicy, type IncidentPolicy } from "../../../lib/model/policy.ts";
import { minute, now } from "../build.ts";

export const second = 1000;

export const context: CauseContext = {
  host: "mx1.acme.example",
  hop: "gateway",
  customers: 3,
  customer: null,
  neverOffered: false,
  severity: "critical",
  findings: [],
  lines: [],
  beside: [],
  slot: null,
};

export interface Look {
  readonly round?: number;
  readonly vantage?: string;
  readonly cycle?: number;
  readonly context?: Partial<CauseContext>;
  readonly sighted?: readonly string[];
  readonly blinded?: readonly string[];
  readonly held?: boolean;
  readonly firstLook?: Digest | null;
}

/** A cause and its clock. Looks come `after` ms later than the last; each is a cycle of its own unless it says otherwise. */
export function watch(cls: IncidentClass = "cleartext", changes: Partial<IncidentPolicy> = {}) {
  const policy = { ...defaultPolicy, ...changes };
  let cause: Cause | null = null;
  let at = now;
  /** A late look is older than the clock. */
  let clock = now;
  let cycle = 0;
  const told: string[] = [];
  const send = (event: CauseEvent) => {
    clock = Math.max(clock, at);
    const step = advance(cause, event, policy, clock);
    cause = step.cause;
    told.push(...step.owed.map(({ alert }) => alert.kind));
    return step;
  };
  const answer = (word: "good" | "bad" | "none", after: number, look: Look = {}) => {
    at += after;
    cycle = look.cycle ?? ((look.round ?? 0) > 0 ? cycle : cycle + 1);
    return send({
      kind: "vote",
      class: cls,
      subject: "192.0.2.1:25",
      vote: { at, cycle, round: look.round ?? 0, vantage: look.vantage ?? "here", answer: word },
      context: { ...context, ...look.context },
      sighted: look.sighted ?? ["here"],
      blinded: look.blinded ?? [],
      held: look.held ?? false,
      firstLook: look.firstLook ?? null,
    });
  };
  return {
    told,
    bad: (after: number, look?: Look) => answer("bad", after, look),
    good: (after: number, look?: Look) => answer("good", after, look),
    none: (after: number, look?: Look) => answer("none", after, look),
    tick: (after: number) => {
      at += after;
      return send({ kind: "tick" });
    },
    gone: () => send({ kind: "gone" }),
    acknowledge: (by: string) => send({ kind: "acknowledge", by }),
    state: (): CauseState => cause?.state ?? "clear",
    cause: (): Cause => {
      if (cause === null) throw new Error("nothing is kept of it");
      return cause;
    },
    now: () => at,
  };
}

/** Bad at 0, 20, 40 s: open. */
export function opened(cls: IncidentClass = "cleartext", changes: Partial<IncidentPolicy> = {}) {
  const machine = watch(cls, changes);
  machine.bad(0);
  machine.bad(20 * second, { round: 1 });
  machine.bad(20 * second, { round: 2 });
  return machine;
}

export function recovering() {
  const machine = opened();
  machine.good(5 * minute);
  return machine;
}
