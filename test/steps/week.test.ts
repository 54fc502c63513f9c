import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lastWeekly } from "../../lib/judge/weekly.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import { defaultWeekly, noNotify } from "../../lib/model/notify-settings.ts";
import type { CycleMark, RosterEntry } from "../../lib/model/roster.ts";
import { tellWeek } from "../../lib/steps/tell-week.ts";
import { weekBefore } from "../../lib/steps/week.ts";
import { weekDraft } from "../../lib/steps/words/week.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { alert, openCause, recorded } from "../fakes/causes.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { entryOf } from "./lab.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const every = hour;
/** Monday. */
const monday = Date.UTC(2026, 10, 23);
const told = monday + 8 * hour;

let embedded: EmbeddedStore;
let clock: number;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  clock = told;
});
afterEach(() => embedded.close());

const entry = (over: Partial<RosterEntry> = {}) => entryOf("192.0.2.1", { since: 0, ...over });

/** The cycles of some days, rolled up as the judge does; `marks` says what each slot got. */
async function watched(
  marks: (at: number) => readonly CycleMark[],
  from = monday - 7 * day,
  to = monday,
): Promise<void> {
  const { ledger } = embedded.store;
  for (let at = from; at < to; at += every) {
    if (at > from && at % day === 0) await ledger.rollUp(1, at, every);
    await ledger.putLedger(1, { cycle: at / every, everyMs: every, at, marks: marks(at) }, 0);
  }
  await ledger.rollUp(1, to, every);
}

describe("the week before", () => {
  it("is every look of seven whole days, however it was answered", async () => {
    const canary = { ...entryOf("192.0.2.9"), since: 0, canary: true };
    const other = { ...entryOf("192.0.2.2"), since: 0 };
    const entries = [entry(), null, other, canary];
    await embedded.store.state.putSlice({ number: 1, vantage: "here", entries });
    await watched((at) => ["tls", "tls", at % (2 * every) === 0 ? "no-answer" : "clear", "tls"]);
    expect(await weekBefore(embedded.store, told, every)).toEqual({
      from: "2026-11-16",
      to: "2026-11-22",
      probes: 2 * 7 * 24,
      planned: 2 * 7 * 24,
      targets: 2,
      gaps: [],
      opened: 0,
      ended: 0,
      open: [],
    });
  });

  it("counts a target once that two vantages look at, and both their looks", async () => {
    const entries = [entry(), entry({ vantage: "there" })];
    await embedded.store.state.putSlice({ number: 1, vantage: "here", entries });
    await watched(() => ["tls", "tls"]);
    expect(await weekBefore(embedded.store, told, every)).toMatchObject({ targets: 1, planned: 336, probes: 336 });
  });

  it("has gaps where nobody looked, and none for a target that wasn't there yet", async () => {
    const since = (monday - day + 12 * hour) / every;
    await embedded.store.state.putSlice({ number: 1, vantage: "here", entries: [entry(), entry({ since })] });
    const isGap = (at: number) => at >= monday - 3 * day && at < monday - 3 * day + 6 * hour;
    await watched((at) => [isGap(at) ? "not-tried" : "tls", at / every < since ? "not-tried" : "tls"]);
    expect(await weekBefore(embedded.store, told, every)).toMatchObject({
      planned: 7 * 24 + 12,
      probes: 7 * 24 + 12 - 6,
      gaps: [{ day: "2026-11-20", probes: 18, planned: 24 }],
    });
  });

  it("counts the last day by its cycles where nobody has rolled it up yet", async () => {
    await embedded.store.state.putSlice({ number: 1, vantage: "here", entries: [entry()] });
    await watched(() => ["tls"], monday - 7 * day, monday - 2 * day);
    const { ledger } = embedded.store;
    for (let at = monday - 2 * day; at < monday; at += every)
      await ledger.putLedger(1, { cycle: at / every, everyMs: every, at, marks: ["tls"] }, 0);
    expect(await weekBefore(embedded.store, told, every)).toMatchObject({ planned: 168, probes: 168 });
  });

  it("tells incidents of the week by number and open ones by name, and no drills", async () => {
    const { state, ledger } = embedded.store;
    const opened = alert({ at: monday - 2 * day });
    const ended = alert({ id: "CM-0BAD·2", incident: "CM-0BAD", kind: "recovered", at: monday - day });
    const before = alert({ id: "CM-0OLD·1", incident: "CM-0OLD", at: monday - 8 * day });
    const drill = alert({ id: "CM-0DRI·1", incident: "CM-0DRI", at: monday - day, subject: "drill:acme" });
    for (const each of [before, opened, ended, drill]) await ledger.putRecord(recorded(each, ["console"]));
    await state.putCause({ value: openCause([]), version: 0 });
    await state.putCause({ value: openCause([], { subject: "drill:acme" }), version: 0 });
    expect(await weekBefore(embedded.store, told, every)).toMatchObject({
      opened: 1,
      ended: 1,
      open: [{ id: "CM-7F3A", class: "cleartext", host: "mx1.gateway.example" }],
    });
  });
});

describe("the message of the week", () => {
  const week = {
    from: "2026-11-16",
    to: "2026-11-22",
    probes: 12_096,
    planned: 12_120,
    targets: 6,
    gaps: [],
    opened: 1,
    ended: 1,
    open: [],
  };

  it("says that all was well, and how much of it was seen", () => {
    const { subject, text, sms, event } = weekDraft(week, told, "https://status.example");
    expect(subject).toBe("[CM-WEEK-2026-11-16] All well: 12,096 probes, 99.8 % covered");
    expect(sms).toBe("CM-WEEK-2026-11-16 All well: 12,096 probes, 99.8 % covered");
    expect(text).toContain("12,096 of 12,120 looks at 6 targets");
    expect(text).toContain("Open now:  none");
    expect(event).toMatchObject({ kind: "report", class: "weekly", drill: false, severity: "info" });
  });

  it("doesn't say so of a week with gaps, or while something is open", () => {
    const gaps = [{ day: "2026-11-20", probes: 18, planned: 24 }];
    expect(weekDraft({ ...week, gaps }, told, null).subject).toMatch(/ The week: .* 0 open$/);
    expect(weekDraft({ ...week, gaps }, told, null).text).toContain("2026-11-20: 75.0 %");
    const open = [{ id: "CM-7F3A", host: "mx1\r\nBcc: x", class: "cleartext", since: monday }];
    const draft = weekDraft({ ...week, open }, told, null);
    expect(draft.subject).toMatch(/ The week: .* 1 open$/);
    expect(draft.text).toContain("CM-7F3A cleartext a target, since 2026-11-23 00:00:00 UTC");
  });

  it("never rounds up to a whole, and divides by nothing", () => {
    expect(weekDraft({ ...week, probes: 12_119 }, told, null).subject).toContain("99.9 %");
    expect(weekDraft({ ...week, probes: 0, planned: 0 }, told, null).subject).toContain("nothing to be covered");
  });
});

describe("its time", () => {
  it("is the last one at or before now, in its own zone, whatever the clocks did", () => {
    const berlin = { day: "monday", time: "08:00", zone: "Europe/Berlin" } as const;
    const at = Date.UTC(2026, 10, 23, 7);
    expect(lastWeekly(berlin, at)).toBe(at);
    expect(lastWeekly(berlin, at + 6 * day)).toBe(at);
    expect(lastWeekly(berlin, at - 1)).toBe(at - 7 * day);
    // Summer time ended on 25 October.
    expect(lastWeekly(berlin, Date.UTC(2026, 9, 26, 6, 59))).toBe(Date.UTC(2026, 9, 19, 6));
    expect(lastWeekly(defaultWeekly, told)).toBe(told);
  });
});

describe("telling it", () => {
  const operator = () => fakeChannel("smtp:ops@operator.example");
  const tellTo = (...operators: ReturnType<typeof fakeChannel>[]) =>
    tellWeek({ store: embedded.store, now: () => clock, everyMs: every, operators, baseUrl: null });
  const choose = (weekly: typeof defaultWeekly | null) =>
    embedded.store.config.putSettings({ ...defaultSettings, notify: { ...noNotify, weekly } });

  /** Chosen in the week before. */
  async function chosen(): Promise<void> {
    await choose(defaultWeekly);
    clock = told - 3 * day;
    await tellTo();
    clock = told;
  }

  it("happens once a week, however often it is asked for, and to all at once", async () => {
    await chosen();
    const channel = operator();
    clock = told - 1;
    expect(await tellTo(channel)).toEqual([]);
    clock = told;
    expect((await Promise.all([tellTo(channel), tellTo(channel), tellTo(channel)])).flat()).toEqual([channel.name]);
    for (let minutes = 0; minutes < 60; minutes++) {
      clock += minute;
      await tellTo(channel);
    }
    expect(channel.letters).toHaveLength(1);
    clock = told + 7 * day;
    await tellTo(channel);
    expect(channel.letters).toHaveLength(2);
  });

  it("happens to nobody who didn't choose it, and begins with the week after it was chosen", async () => {
    const channel = operator();
    await tellTo(channel);
    await choose(defaultWeekly);
    await tellTo(channel);
    clock += hour;
    await tellTo(channel);
    expect(channel.letters).toEqual([]);
    clock = told + 7 * day;
    await tellTo(channel);
    expect(channel.letters).toHaveLength(1);
  });

  it("wakes nobody up: a pager isn't told", async () => {
    await chosen();
    const [pager, channel] = [fakeChannel("pagerduty:events.pagerduty.com#1"), operator()];
    expect(await tellTo(pager, channel)).toEqual([channel.name]);
    expect(pager.letters).toEqual([]);
  });

  it("goes on with who could not be told, and tells nobody twice", async () => {
    await chosen();
    const [down, channel] = [fakeChannel("slack:hooks.slack.com#1", [{ kind: "later", why: "503" }]), operator()];
    expect(await tellTo(down, channel)).toEqual([channel.name]);
    clock += minute;
    expect(await tellTo(down, channel)).toEqual([]);
    clock += 5 * minute;
    expect(await tellTo(down, channel)).toEqual([down.name]);
    clock += hour;
    expect(await tellTo(down, channel)).toEqual([]);
  });

  it("is left out where nobody was there for more than a day", async () => {
    await chosen();
    const channel = operator();
    clock = told + day + minute;
    await tellTo(channel);
    clock += hour;
    await tellTo(channel);
    expect(channel.letters).toEqual([]);
  });
});
