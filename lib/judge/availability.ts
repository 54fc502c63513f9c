/** How much of the time a hop had TLS, by day; what we did not see is a gap and never a loss. */

/** What one target got in one day: see the store's `DayCounts`. */
interface DayOfTarget {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly tls: number;
  readonly clear: number;
  readonly noAnswer: number;
  /** Cycles the day should have had up to now. */
  readonly cycles: number;
}

export interface DayAvailability {
  readonly day: string;
  /** Share of the answers that were encrypted, 0 to 1; null on a day without answers. */
  readonly tls: number | null;
  /** Shares of the day's cycles, 0 to 1: nobody answered; we did not look. */
  readonly silent: number;
  readonly gap: number;
}

/** The days of all targets of a hop together, oldest first: each answer weighs the same. */
export function availability(targets: readonly (readonly DayOfTarget[])[]): readonly DayAvailability[] {
  const byDay = Map.groupBy(targets.flat(), ({ day }) => day);
  return [...byDay].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, counts]) => availabilityOf(day, counts));
}

function availabilityOf(day: string, counts: readonly DayOfTarget[]): DayAvailability {
  const sum = (of: (count: DayOfTarget) => number) => counts.reduce((total, count) => total + of(count), 0);
  const tls = sum((count) => count.tls);
  const answers = tls + sum((count) => count.clear);
  const silent = sum((count) => count.noAnswer);
  const cycles = Math.max(
    sum((count) => count.cycles),
    answers + silent,
  );
  return {
    day,
    tls: answers === 0 ? null : tls / answers,
    silent: cycles === 0 ? 0 : silent / cycles,
    gap: cycles === 0 ? 0 : (cycles - answers - silent) / cycles,
  };
}
