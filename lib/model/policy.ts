/** The figures of the incident machine; the defaults are the design's. */
export interface IncidentPolicy {
  /** Confirmation probes after a first bad answer, ms. */
  readonly confirmAfter: readonly number[];
  /** Bad answers that open, and the least time between first and last, ms. */
  readonly openAfter: number;
  readonly openSpan: number;
  /** Bad answers of the last `window` that open as intermittent. */
  readonly intermittentAfter: number;
  readonly window: number;
  /** Good answers, cycles they stand in, and then clean time in ms that end an incident. */
  readonly recoverAfter: number;
  readonly recoverCycles: number;
  readonly cleanFor: number;
  /** Openings within an hour after which one message is the last. */
  readonly flapsPerHour: number;
  /** What opens `unreachable` and `temporarily-unavailable`: silence this long and over this many cycles. */
  readonly silentFor: number;
  readonly silentCycles: number;
  /** Reminders: first after this many ms, then doubled each time. */
  readonly remindAfter: number;
  /** An opening waits this long (ms) for others of one cause, and is told no later than so long after its first bad answer. */
  readonly groupWait: number;
  readonly toldWithin: number;
  /** An acknowledgement lapses after this many ms. */
  readonly acknowledgedFor: number;
}

export const defaultPolicy: IncidentPolicy = {
  confirmAfter: [20_000, 40_000, 60_000],
  openAfter: 3,
  openSpan: 40_000,
  intermittentAfter: 3,
  window: 24,
  recoverAfter: 3,
  recoverCycles: 2,
  cleanFor: 600_000,
  flapsPerHour: 3,
  silentFor: 1_800_000,
  silentCycles: 6,
  remindAfter: 86_400_000,
  groupWait: 30_000,
  toldWithin: 75_000,
  acknowledgedFor: 604_800_000,
};
