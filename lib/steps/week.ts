/** What a week was like: how much of it was watched, from the ledger, and what happened, from the record. */

import { isDrill } from "../model/drill.ts";
import type { RosterEntry } from "../model/roster.ts";
import { type TargetKey, targetKey } from "../model/target.ts";
import type { Store } from "../store/store.ts";

export interface Week {
  /** Its first and last day, `YYYY-MM-DD`, UTC. */
  readonly from: string;
  readonly to: string;
  /** Looks that brought a mark, and those that were due: the present targets', from each vantage and from its first cycle on. */
  readonly probes: number;
  readonly planned: number;
  readonly targets: number;
  /** Days of which less than 99 % was covered. */
  readonly gaps: readonly { readonly day: string; readonly probes: number; readonly planned: number }[];
  /** Incidents that were told in it, without drills. */
  readonly opened: number;
  readonly ended: number;
  /** Open now, without drills. */
  readonly open: readonly {
    readonly id: string;
    readonly host: string;
    readonly class: string;
    readonly since: number;
  }[];
}

const dayMs = 86_400_000;
const days = 7;
const gapBelow = 0.99;
/** Messages looked back upon: a week with more of them isn't told by numbers. */
const lookBack = 5_000;

/** The last seven days that are over at `now` (epoch ms). */
export async function weekBefore(store: Store, now: number, everyMs: number): Promise<Week> {
  const today = Math.floor(now / dayMs) * dayMs;
  const starts = Array.from({ length: days }, (_, index) => today - (days - index) * dayMs);
  const tally = new Map(starts.map((start) => [dayOf(start), { probes: 0, planned: 0 }]));
  const targets = new Set<TargetKey>();
  for (const { number, entries } of await store.state.slices()) {
    const looks = await store.ledger.looks(number, [...tally.keys()]);
    for (const [slot, entry] of entries.entries()) {
      if (entry === null || entry.canary === true) continue;
      targets.add(targetKey(entry.target));
      for (const start of starts) {
        const day = tally.get(dayOf(start));
        const planned = cyclesOf(entry, start, everyMs);
        if (day === undefined || planned === 0) continue;
        day.planned += planned;
        // A day of another interval has other cycles: what is more than planned covers no other target.
        day.probes += Math.min(planned, looks.get(dayOf(start))?.[slot] ?? 0);
      }
    }
  }
  const all = [...tally].map(([day, sums]) => ({ day, ...sums }));
  return {
    from: dayOf(today - days * dayMs),
    to: dayOf(today - dayMs),
    probes: all.reduce((sum, { probes }) => sum + probes, 0),
    planned: all.reduce((sum, { planned }) => sum + planned, 0),
    targets: targets.size,
    gaps: all.filter(({ probes, planned }) => probes < gapBelow * planned),
    ...(await happened(store, today - days * dayMs, today)),
  };
}

/** How many cycles of a day look at it; those before it came to the roster don't. */
function cyclesOf({ since }: RosterEntry, start: number, everyMs: number): number {
  const from = Math.max(Math.ceil(start / everyMs), since);
  return Math.max(0, Math.ceil((start + dayMs) / everyMs) - from);
}

async function happened(
  { ledger, state }: Store,
  from: number,
  to: number,
): Promise<Pick<Week, "opened" | "ended" | "open">> {
  const alerts = (await ledger.alerts(lookBack)).map(({ alert }) => alert);
  const ofWeek = alerts.filter((alert) => alert.at >= from && alert.at < to && !isDrill(alert));
  const told = (kinds: readonly string[]) =>
    new Set(ofWeek.filter(({ kind }) => kinds.includes(kind)).map(({ incident }) => incident)).size;
  const open = (await state.activeCauses()).flatMap(({ value: cause }) => {
    const { incident } = cause;
    if (incident === null || incident.endedAt !== null || isDrill(cause)) return [];
    return [{ id: incident.id, host: cause.context.host, class: cause.class, since: incident.since }];
  });
  return { opened: told(["opened", "flapping"]), ended: told(["recovered", "gone"]), open };
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
