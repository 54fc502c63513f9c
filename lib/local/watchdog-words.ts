/** What the operator reads of this process's own trouble. It is told past the store and the outbox, which may be the trouble. */

import { createHash } from "node:crypto";
import { visible } from "../protocols/printable.ts";
import type { Draft } from "../steps/words/letter.ts";
import { span, utc } from "../steps/words/time.ts";
import { type Trouble, troubleKey } from "./watchdog.ts";

const subjectMax = 99;
const smsMax = 140;

/** `endedAt` (epoch ms) where it is over; null while it lasts. */
export function troubleDraft(trouble: Trouble, at: number, endedAt: number | null): Draft {
  const key = troubleKey(trouble);
  const incident = `CM-W${createHash("sha256").update(`${key}|${at}`).digest("hex").slice(0, 6).toUpperCase()}`;
  const number = endedAt === null ? 1 : 2;
  const head = `${incident}.${number}`;
  const title = endedAt === null ? `Watchdog: ${titleOf(trouble)}` : `Over: ${titleOf(trouble)}`;
  const lines = [
    endedAt === null
      ? sentence(trouble)
      : `It is over: ${titleOf(trouble)}. It lasted ${span(endedAt - trouble.since)}, from ${utc(trouble.since)} to ${utc(endedAt)}.`,
    "",
    `Since:     ${utc(trouble.since)}`,
    ...(endedAt === null ? ["Effect:    what isn't looked at isn't watched, and what isn't sent nobody hears"] : []),
    "",
    `Of the process that watches, and no mail server. Message ${number} of ${incident}.`,
    "",
  ];
  const text = lines.join("\n");
  const kind = endedAt === null ? "opened" : "recovered";
  const time = new Date(endedAt ?? at).toISOString();
  return {
    id: `${incident}·${number}`,
    subject: `[${head}] ${title}`.slice(0, subjectMax),
    text,
    sms: `${head} ${title}, since ${utc(trouble.since)}`.slice(0, smsMax),
    attributes: { class: "watchdog", kind, severity: "critical", incident },
    event: {
      id: `${incident}·${number}`,
      incident,
      incidents: [incident],
      kind,
      class: "watchdog",
      drill: false,
      severity: "critical",
      subject: key,
      host: "chainmail",
      hop: null,
      customers: 0,
      customer: null,
      since: new Date(trouble.since).toISOString(),
      at: time,
      url: null,
      text,
    },
  };
}

function titleOf(trouble: Trouble): string {
  switch (trouble.kind) {
    case "store":
      return "the store can't be read";
    case "hangs":
      return `step ${trouble.step} hangs`;
    case "fails":
      return `step ${trouble.step} fails each time`;
    case "no-cycle":
      return "no cycle begins";
    case "uncovered":
      return `only ${trouble.looked} of ${trouble.planned} targets were looked at`;
    case "owed":
      return "messages don't leave";
  }
}

function sentence(trouble: Trouble): string {
  switch (trouble.kind) {
    case "store":
      return `The store can't be read: ${visible(trouble.why).slice(0, 300)}. Nothing is judged and nobody is told until it can be.`;
    case "hangs":
      return `The step ${trouble.step} began and hasn't ended. A restart goes on where it stopped.`;
    case "fails":
      return `The step ${trouble.step} fails each time: ${visible(trouble.why).slice(0, 300)}`;
    case "no-cycle":
      return "No cycle has begun for more than two intervals: nothing is looked at. A machine that slept does that too.";
    case "uncovered":
      return `Of the cycle that began then ${trouble.looked} of ${trouble.planned} targets were looked at and judged, fewer than 90 %: servers are too slow for the interval, or the process is.`;
    case "owed":
      return "A message that is due has been owed for more than two minutes: a channel doesn't take it, or nobody sends.";
  }
}
