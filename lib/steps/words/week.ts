/** The week in a message to the operators. */

import type { Week } from "../week.ts";
import { hostLabel } from "./escape.ts";
import type { Draft } from "./letter.ts";
import { utc } from "./time.ts";

const mostOpen = 20;

/** `at`: when it is told, epoch ms; the same week has the same id. */
export function weekDraft(week: Week, at: number, baseUrl: string | null): Draft {
  const { from, to, probes, planned, targets, gaps, opened, ended, open } = week;
  const id = `CM-WEEK-${from}`;
  const figures = `${count(probes)} probes, ${share(probes, planned)} covered`;
  const isWell = open.length === 0 && gaps.length === 0;
  const title = isWell ? `All well: ${figures}` : `The week: ${figures}, ${open.length} open`;
  const text = [
    `${title}, from ${from} to ${to} (UTC).`,
    "",
    `Probes:    ${count(probes)} of ${count(planned)} looks at ${count(targets)} targets`,
    `Incidents: ${opened} told, ${ended} over`,
    `Open now:  ${open.length === 0 ? "none" : open.length}`,
    ...open
      .slice(0, mostOpen)
      .map(({ id, host, class: cls, since }) => `  ${id} ${cls} ${hostLabel(host, "a target")}, since ${utc(since)}`),
    ...(open.length > mostOpen ? [`  and ${open.length - mostOpen} more`] : []),
    `Gaps:      ${gaps.length === 0 ? "none" : "days of which less than 99 % was looked at"}`,
    ...gaps.map(({ day, probes, planned }) => `  ${day}: ${share(probes, planned)}`),
    "",
    "This message comes each week: when it doesn't, look at the monitor.",
    ...(baseUrl === null ? [] : [baseUrl]),
    "",
  ].join("\n");
  return {
    id,
    subject: `[${id}] ${title}`,
    text,
    sms: `${id} ${title}`,
    attributes: { class: "weekly", kind: "report", severity: "info" },
    event: {
      id,
      incident: id,
      incidents: [id],
      kind: "report",
      class: "weekly",
      drill: false,
      severity: "info",
      subject: "fleet",
      host: "fleet",
      hop: null,
      customers: 0,
      customer: null,
      since: `${from}T00:00:00.000Z`,
      at: new Date(at).toISOString(),
      url: baseUrl,
      text,
    },
  };
}

/** `12,096`. */
function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** Cut, never rounded up to a whole that it isn't: `99.8 %`. */
function share(part: number, whole: number): string {
  if (whole === 0) return "nothing to be";
  return `${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %`;
}
