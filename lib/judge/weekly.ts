/** When the week is told. */

import { Cron } from "croner";
import { type WeeklySettings, weekdays } from "../model/notify-settings.ts";

const dayMs = 86_400_000;

/** Its last time at or before `now`, both epoch ms: a week ago at most, but for an hour of the clocks' change. */
export function lastWeekly({ day, time, zone }: WeeklySettings, now: number): number {
  const [hour, minute] = time.split(":").map(Number);
  const cron = new Cron(`${minute} ${hour} * * ${weekdays.indexOf(day)}`, {
    timezone: zone,
    mode: "5-part",
    paused: true,
  });
  let last = 0;
  for (
    let next = cron.nextRun(new Date(now - 8 * dayMs))?.getTime();
    next !== undefined && next <= now;
    next = cron.nextRun(new Date(next))?.getTime()
  )
    last = next;
  return last;
}
