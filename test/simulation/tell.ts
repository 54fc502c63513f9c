/** A history as a person reads it: what was to happen, and what did, second by second. */

import type { Evidence } from "./evidence.ts";
import type { History } from "./history.ts";
import { start } from "./world.ts";

export function tell(history: History, evidence: Evidence): readonly string[] {
  const { mode, targets, vantages, channels, isFresh, happenings } = history;
  let at = start;
  const happened = happenings.map(({ after, what }): Line => {
    at += after;
    return [at, `* ${JSON.stringify(what)}`];
  });
  const heard = evidence.hearings.map(({ look, begin, end, isStale }): Line => {
    const fate = end === null ? "and the judge did not end" : `judged at ${seconds(end)}`;
    const stale = isStale ? ", stale" : "";
    return [
      begin,
      `  ${look.subject} was ${look.mode} from ${look.vantage} at ${seconds(look.at)}, round ${look.round}, ${fate}${stale}`,
    ];
  });
  const owed = evidence.claims.map(({ alert, writtenAt }): Line => {
    const { id, kind, class: cls, subject, since, form } = alert;
    return [
      writtenAt,
      `! ${id} ${kind}: ${form} ${cls} of ${subject} since ${seconds(since)}, as of ${seconds(alert.at)}`,
    ];
  });
  const received = evidence.received.map(({ to, id, at: when }): Line => [when, `> ${to} got ${id}`]);
  const dropped = evidence.dropped.map(({ subject, at: when }): Line => [when, `- ${subject} left the roster`]);
  const lines = [...happened, ...heard, ...owed, ...received, ...dropped].sort(([a], [b]) => a - b);
  return [
    `${mode}, ${targets} targets${isFresh ? ", new on the roster" : ""}, ${vantages} vantages, ${channels} channels`,
    ...lines.map(([when, text]) => `${seconds(when).padStart(9)} ${text}`),
  ];
}

type Line = readonly [at: number, text: string];

/** Since the history began. */
function seconds(at: number): string {
  return ((at - start) / 1_000).toFixed(1);
}
