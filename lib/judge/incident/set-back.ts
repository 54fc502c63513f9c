/** The clock of the machine was ahead, and was set right: what was written meanwhile must not wait until it gets there again. */

import type { Cause, OutboxEntry } from "../../model/incident.ts";
import { clockSkewMs } from "../../model/ports.ts";

/** The cause as it would be, had what is dated later than `now` happened at `at` (epoch ms); mostly itself. */
export function notAhead(cause: Cause, at: number, now: number): Cause {
  const isAhead = (time: number | undefined) => time !== undefined && time > now + clockSkewMs;
  const { stateSince, votes, openings, outbox } = cause;
  const isWritten = isAhead(stateSince) || isAhead(votes.at(-1)?.at) || isAhead(openings.at(-1));
  if (!isWritten && !outbox.some(({ alert }) => isAhead(alert.at))) return cause;
  const back = (time: number) => Math.min(time, at);
  return {
    ...cause,
    stateSince: back(stateSince),
    votes: votes.map((vote) => ({ ...vote, at: back(vote.at) })),
    openings: openings.map(back),
    due: cause.due === null ? null : back(cause.due),
    outbox: outbox.map((entry) => (isAhead(entry.alert.at) ? { ...entry, ...dueBy(entry, at) } : entry)),
  };
}

function dueBy({ notBefore, leasedUntil }: OutboxEntry, at: number): Partial<OutboxEntry> {
  return { notBefore: Math.min(notBefore, at), leasedUntil: Math.min(leasedUntil, at + clockSkewMs) };
}
