/** One id for the whole way of a look: its job, the results, what was judged of them, the looks that confirm, the message. */

import type { CycleNumber } from "./jobs.ts";

/**
 * `5985038.here.1`: cycle, vantage, slice. It is made of what each message carries anyway, so that one that comes again,
 * and one of an earlier release, has the same. `slice` null: the subject is no target.
 */
export function traceOf(of: {
  readonly cycle: CycleNumber;
  readonly vantage: string;
  readonly slice: number | null;
}): string {
  return [of.cycle, of.vantage, ...(of.slice === null ? [] : [of.slice])].join(".");
}

/** A job of scans is of one slice; it shares the trace of its cycle's light look. */
export function traceOfScan(of: {
  readonly cycle: CycleNumber;
  readonly vantage: string;
  readonly answers: readonly { readonly slice: number }[];
}): string {
  return traceOf({ ...of, slice: of.answers[0]?.slice ?? null });
}
