/** Times in which nobody wants to be told of one server: silences, and windows of maintenance. */

import type { FleetSettings } from "../../lib/model/customer.ts";
import type { Coverage, Silence } from "../../lib/model/silence.ts";
import type { Place } from "./crowd.ts";
import type { Span } from "./evidence.ts";
import { minute } from "./happenings.ts";
import { createRandom } from "./random.ts";

const hour = 60 * minute;
/** No history is longer. */
const longestHours = 150;

export interface Quiet {
  readonly kind: "silence" | "window" | "hourly";
  readonly target: number;
  /** Ms from the beginning of the history; of what comes every hour so long after the full hour. */
  readonly from: number;
  readonly lasts: number;
}

/** One in so many histories with faults. */
const oneIn = 16;

/** Null for most seeds. By a stream of its own: all else is drawn as if there were none. */
export function drawQuiet(seed: number, targets: number): Quiet | null {
  const random = createRandom(seed ^ 0x3c3c3c3c);
  if (!random.chance(1 / oneIn)) return null;
  const kind = random.pick<Quiet["kind"]>(["silence", "window", "hourly"]);
  const target = random.int(0, targets - 1);
  if (kind === "hourly")
    return { kind, target, from: 5 * random.int(0, 11) * minute, lasts: random.pick([10, 25]) * minute };
  return { kind, target, from: random.int(0, 40) * minute, lasts: random.pick([10, 30, 90]) * minute };
}

/** Of this history, which began at `start`. */
export function spansOf({ kind, from, lasts }: Quiet, start: number): readonly Span[] {
  if (kind !== "hourly") return [{ from: start + from, until: start + from + lasts }];
  const first = Math.floor(start / hour - 1) * hour + from;
  return Array.from({ length: longestHours }, (_, index) => ({
    from: first + index * hour,
    until: first + index * hour + lasts,
  }));
}

interface Kept {
  readonly silences: readonly Silence[];
  readonly windows: FleetSettings["windows"];
}

/** As the store has it. */
export function quietIn(quiet: Quiet, { address }: Place, start: number): Kept {
  const covers: Coverage = { customer: null, host: address, class: null };
  const [from, until] = [start + quiet.from, start + quiet.from + quiet.lasts];
  const common = { id: "quiet", covers, reason: "maintenance" };
  switch (quiet.kind) {
    case "silence":
      return { silences: [{ ...common, by: "ada", from, until }], windows: [] };
    case "window":
      return { silences: [], windows: [{ ...common, times: { kind: "once", from, until } }] };
    case "hourly": {
      // A zone that is off by whole hours all the year.
      const times = {
        kind: "recurring",
        cron: `${quiet.from / minute} * * * *`,
        zone: "Europe/Berlin",
        lasts: quiet.lasts,
      } as const;
      return { silences: [], windows: [{ ...common, times }] };
    }
  }
}
