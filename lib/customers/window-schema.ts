/** Maintenance windows as people write them. */

import { incidentClasses } from "../model/incident.ts";
import { longestSilenceMs } from "../model/silence.ts";
import { duration, fields, id, oneOf, readable, text } from "./shapes.ts";
import { type Read, readCron, readDuration, readMoment, readPlace, readZone } from "./values.ts";

const moment = readable("a time with its offset like 2026-12-01T22:00Z", readMoment);
const dayMs = 86_400_000;

function msOf(read: Read<number>): number {
  return "value" in read ? read.value : Number.NaN;
}

export const maintenanceWindow = fields("{ id, reason, customer, host, class, from, until, cron, zone, lasts }", {
  id,
  reason: text("1 to 200 characters", /^\P{Cc}{1,200}$/u).describe("Shown with what is held back."),
  customer: id.optional().describe("Incidents of this customer's own servers."),
  host: readable("a host name or an address", readPlace)
    .optional()
    .describe("Incidents of this host, of this address, or of an address with its port."),
  class: oneOf(incidentClasses).optional(),
  from: moment.optional().describe("Of a window that comes once."),
  until: moment.optional(),
  cron: readable("five fields like '0 2 * * sun'", readCron)
    .optional()
    .describe("When a window that comes again begins: minute, hour, day, month, weekday."),
  zone: readable("a time zone like Europe/Berlin", readZone).optional().describe("In which `cron` is read; IANA."),
  lasts: duration
    .refine((value) => msOf(readDuration(value)) <= 7 * dayMs, { error: "a duration of at most 7d" })
    .optional()
    .describe("How long it is open each time, at most 7d."),
})
  .refine((given) => given.customer !== undefined || given.host !== undefined || given.class !== undefined, {
    error: "at least one of customer, host, class",
  })
  .refine(
    ({ from, until, cron, zone, lasts }) => {
      const once = [from, until].every((one) => one !== undefined);
      const again = [cron, zone, lasts].every((one) => one !== undefined);
      const none = once ? [cron, zone, lasts] : [from, until];
      return (once || again) && none.every((one) => one === undefined);
    },
    { error: "either from and until, or cron, zone and lasts" },
  )
  .refine(
    ({ from, until }) => {
      if (from === undefined || until === undefined) return true;
      const length = msOf(readMoment(until)) - msOf(readMoment(from));
      return length > 0 && length <= longestSilenceMs;
    },
    { error: "an until after its from, and at most 90 days after it" },
  );
