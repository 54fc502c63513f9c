/** What changed, in the API's shape. */

import type { HopKind } from "../../model/customer.ts";
import type { Reach } from "../../model/reach.ts";
import { targetKey } from "../../model/target.ts";
import type { DayCounts, HistoryEvent } from "../../store/store.ts";
import { certificateJson, outcomeText, sessionJson } from "./facts.ts";
import type { DayJson, HistoryEventJson, HopAvailabilityJson } from "./schemas.ts";
import { iso } from "./time.ts";

/** `subject` is the target key, domain or host that the event is kept under. */
export function historyEventJson(subject: string, event: HistoryEvent): HistoryEventJson {
  if (event.kind === "dns") {
    const { at, came, went, note } = event;
    return { at: iso(at), kind: "dns", subject, came: [...came], went: [...went], what: note };
  }
  if ("why" in event) {
    const { at, kind, vantage, why } = event;
    const what = kind === "blind" ? `blind: not looked at from here (${why})` : "sees again";
    return { at: iso(at), kind: "vantage", subject: vantage, what };
  }
  if (event.kind === "scan") {
    const { at, kind, vantage, words } = event;
    return { at: iso(at), kind, subject, vantage, what: words.join(", "), changes: [...words] };
  }
  const { at, kind, vantage, observation } = event;
  const { outcome } = observation;
  return {
    at: iso(at),
    kind: kind === "facts" ? "answer" : "silence",
    subject,
    vantage,
    what: outcomeText(outcome),
    tls: sessionJson(observation),
    certificate: certificateJson(outcome.kind === "encrypted" ? outcome.certificate : null),
  };
}

interface TargetDays {
  /** The ways that lead to one target from one vantage. */
  readonly ways: readonly Reach[];
  readonly counts: readonly DayCounts[];
}

/** How often a hop had TLS, by day; what we did not see is a gap and never a loss. */
export function hopAvailabilityJson(hop: HopKind, targets: readonly TargetDays[]): HopAvailabilityJson {
  const own = targets.flatMap(({ ways, counts }) => {
    const [first] = ways;
    if (first === undefined) return [];
    const names = [...new Set(ways.flatMap(({ name }) => name ?? []))];
    return { target: targetKey(first.target), names, vantage: first.vantage, days: counts.map(dayJson) };
  });
  const byDay = Map.groupBy(
    own.flatMap(({ days }) => days),
    ({ day }) => day,
  );
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, all]) => together(day, all));
  return { hop, days, targets: own };
}

function dayJson({ day, tls, clear, noAnswer, cycles }: DayCounts): DayJson {
  const gap = Math.max(0, cycles - tls - clear - noAnswer);
  return { day, tls, clear, noAnswer, gap, share: shareOf(tls, clear) };
}

function together(day: string, all: readonly DayJson[]): DayJson {
  const sum = (of: (one: DayJson) => number) => all.reduce((total, one) => total + of(one), 0);
  const tls = sum((one) => one.tls);
  const clear = sum((one) => one.clear);
  const noAnswer = sum((one) => one.noAnswer);
  return { day, tls, clear, noAnswer, gap: sum((one) => one.gap), share: shareOf(tls, clear) };
}

function shareOf(tls: number, clear: number): number | null {
  return tls + clear === 0 ? null : tls / (tls + clear);
}
