/** Which silence or maintenance window an incident stands under. */

import { Cron } from "croner";
import type { Cover } from "../model/cover.ts";
import type { Cause } from "../model/incident.ts";
import type { Coverage, MaintenanceWindow, Silence, WindowTimes } from "../model/silence.ts";

/** The cover of `cause` at `now` (epoch ms), the one that ends last of several; null without any. */
export type CoverOf = (cause: Pick<Cause, "class" | "subject" | "context">, now: number) => Cover | null;

/** Reads the windows' times once, for as many causes as there are. */
export function coversOf(silences: readonly Silence[], windows: readonly MaintenanceWindow[]): CoverOf {
  const planned = windows.map((window) => ({ ...window, endAt: endOf(window.times) }));
  return (cause, now) => {
    const covers = [
      ...silences
        .filter(({ covers, from, until }) => from <= now && now < until && isCovered(cause, covers))
        .map(({ id, reason, by, until }): Cover => ({ kind: "silence", id, reason, by, until })),
      ...planned
        .filter(({ covers }) => isCovered(cause, covers))
        .flatMap(({ id, reason, endAt }): readonly Cover[] => {
          const until = endAt(now);
          return until === null ? [] : [{ kind: "window", id, reason, by: null, until }];
        }),
    ];
    return covers.reduce<Cover | null>((last, each) => (last !== null && last.until >= each.until ? last : each), null);
  };
}

function isCovered({ class: cls, subject, context }: Parameters<CoverOf>[0], covers: Coverage): boolean {
  return (
    (covers.class === null || covers.class === cls) &&
    (covers.customer === null || covers.customer === context.customer) &&
    (covers.host === null || namesOf(subject, context.host).includes(covers.host))
  );
}

/** The subject, its host, and where it is a target (`192.0.2.1:25`, `[2001:db8::1]:465/implicit`) its address. */
function namesOf(subject: string, host: string): readonly string[] {
  const [, v6, v4] = /^(?:\[([^\]]+)\]|([\d.]+)):\d+/.exec(subject) ?? [];
  return [subject, host, v6 ?? v4 ?? subject].map((name) => name.toLowerCase());
}

/** When the window that is open at a time ends; null while it isn't open. All in epoch ms. */
function endOf(times: WindowTimes): (now: number) => number | null {
  if (times.kind === "once") return (now) => (times.from <= now && now < times.until ? times.until : null);
  const begins = recurrence(times.cron, times.zone);
  return (now) => {
    const began = begins.nextRun(new Date(now - times.lasts))?.getTime();
    return began === undefined || began > now ? null : began + times.lasts;
  };
}

/** Five fields, in an IANA time zone. Throws where it can't be read: the customers file was asked by `cronProblem`. */
function recurrence(cron: string, zone: string): Cron {
  return new Cron(cron, { timezone: zone, mode: "5-part", paused: true });
}

/** The next time that a window begins after `now`, epoch ms; null: never again. */
export function nextBegin(times: WindowTimes, now: number): number | null {
  if (times.kind === "once") return times.from > now ? times.from : null;
  return recurrence(times.cron, times.zone).nextRun(new Date(now))?.getTime() ?? null;
}

/** What was expected in place of `cron`: five fields as cron knows them, and not the 30th of February; null where it is right. */
export function cronProblem(cron: string): string | null {
  try {
    return recurrence(cron, "UTC").nextRun(new Date(0)) === null ? "a time that comes" : null;
  } catch {
    return "five fields like '0 2 * * sun': minute, hour, day, month, weekday";
  }
}
