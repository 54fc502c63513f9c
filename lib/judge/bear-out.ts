/** Whether a message that is about to leave is still true: the bad answer that it speaks of was seen a moment ago, or a look is asked for. */

import { isDrill } from "../model/drill.ts";
import type { AlertKind, Cause, OutboxEntry } from "../model/incident.ts";
import { mannerOf } from "./incident/cause.ts";

export const proof = {
  /** What was seen no longer ago than this is true now. A confirmed opening leaves 10 to 15 s after its last look. */
  freshMs: 20_000,
  /** A look is asked for once, and waited for no longer: silence neither heals nor holds up. */
  answeredWithinMs: 15_000,
} as const;
const { freshMs, answeredWithinMs } = proof;
/** While it recovers a bad answer or its end lets the message go, whenever they come; the clock only looks again. */
const recoveringMs = 3_600_000;

/** Those that say that something is so. An end says that it was. */
const claims: readonly AlertKind[] = ["opened", "worse", "reminder", "escalated", "flapping"];

export interface BorneOut {
  readonly cause: Cause;
  /** A look at its target is wanted, from every vantage. */
  readonly asks: boolean;
}

/**
 * The cause with what may not leave yet put off: until a look answers, or while the incident recovers. A date needs no
 * second look, and one good answer says nothing against what shows at times. `now` in epoch ms.
 */
export function borneOut(cause: Cause, now: number): BorneOut {
  let asks = false;
  const outbox = cause.outbox.map((entry): OutboxEntry => {
    if (entry.notBefore > now || !isClaim(cause, entry)) return entry;
    if (cause.state === "recovering") return { ...entry, asked: entry.asked ?? now, notBefore: now + recoveringMs };
    if (!canBeAsked(cause, entry) || isFresh(cause, now)) return entry;
    if (entry.asked !== null && now >= entry.asked + answeredWithinMs) return entry;
    asks ||= entry.asked === null;
    const asked = entry.asked ?? now;
    return { ...entry, asked, notBefore: asked + answeredWithinMs };
  });
  const isChanged = outbox.some((entry, index) => entry !== cause.outbox[index]);
  return { cause: isChanged ? { ...cause, outbox } : cause, asks };
}

/** While one of its messages waits, what is seen is worth noting. */
export function wantsEvidence(cause: Cause): boolean {
  return cause.outbox.some((entry) => canBeAsked(cause, entry) && isClaim(cause, entry));
}

/** After a bad answer: who waited for one waits no more. */
export function withEvidence<C extends Cause>(cause: C, now: number): C {
  if (cause.outbox.every(({ asked }) => asked === null)) return cause;
  const outbox = cause.outbox.map((entry) =>
    entry.asked === null ? entry : { ...entry, asked: null, notBefore: Math.min(entry.notBefore, now) },
  );
  return { ...cause, outbox };
}

function isClaim({ incident, form }: Cause, { alert }: OutboxEntry): boolean {
  const isPresent = incident?.id === alert.incident && incident.endedAt === null;
  return isPresent && form !== "intermittent" && claims.includes(alert.kind) && !isDrill(alert);
}

/** Those of one digest were seen in two cycles, and leave together or not at all. */
function canBeAsked(cause: Cause, { digest, alert }: OutboxEntry): boolean {
  return mannerOf(cause) !== "certain" && cause.context.slot !== null && digest === null && alert.within === null;
}

function isFresh({ votes }: Cause, now: number): boolean {
  return now - (votes.findLast(({ answer }) => answer === "bad")?.at ?? 0) <= freshMs;
}
