import { describe, expect, it } from "vitest";
import { coversOf, cronProblem, nextBegin } from "../../lib/judge/cover.ts";
import type { Coverage, MaintenanceWindow, Silence, WindowTimes } from "../../lib/model/silence.ts";
import { context, noon, openCause } from "../fakes/causes.ts";

const hour = 3_600_000;
const nothing: Coverage = { customer: null, host: null, class: null };

function silence(covers: Partial<Coverage>, over: Partial<Silence> = {}): Silence {
  const times = { from: noon, until: noon + hour };
  return { id: "S-1", covers: { ...nothing, ...covers }, reason: "new certificate", by: "ops", ...times, ...over };
}
function window(times: WindowTimes, id = "patch-day"): MaintenanceWindow {
  return { id, covers: { ...nothing, class: "cleartext" }, reason: "patches", times };
}
const cause = openCause([], {
  subject: "192.0.2.1:25",
  context: { ...context, host: "MX1.gateway.example", customer: "acme" },
});

describe("what a silence covers", () => {
  it.each<[Partial<Coverage>, boolean]>([
    [{ class: "cleartext" }, true],
    [{ class: "weak" }, false],
    [{ customer: "acme" }, true],
    [{ customer: "other" }, false],
    [{ host: "mx1.gateway.example" }, true],
    [{ host: "mx2.gateway.example" }, false],
    [{ host: "192.0.2.1" }, true],
    [{ host: "192.0.2.1:25" }, true],
    [{ host: "192.0.2.1:465/implicit" }, false],
    [{ host: "192.0.2.10" }, false],
    [{ host: "mx1.gateway.example", class: "cleartext", customer: "acme" }, true],
    [{ host: "mx1.gateway.example", class: "weak" }, false],
  ])("%j of a loss at mx1.gateway.example: %s", (covers, isCovered) => {
    expect(coversOf([silence(covers)], [])(cause, noon) !== null).toBe(isCovered);
  });

  it("takes an IPv6 address with or without its port", () => {
    const v6 = { ...cause, subject: "[2001:db8::1]:25" };
    expect(coversOf([silence({ host: "2001:db8::1" })], [])(v6, noon)).not.toBeNull();
    expect(coversOf([silence({ host: "[2001:db8::1]:25" })], [])(v6, noon)).not.toBeNull();
  });

  it("is not what others suffer too, where it is a customer's", () => {
    const shared = { ...cause, context: { ...context, customer: null, customers: 3 } };
    expect(coversOf([silence({ customer: "acme" })], [])(shared, noon)).toBeNull();
  });

  it("begins with its beginning and ends with its end", () => {
    const coverOf = coversOf([silence({ class: "cleartext" })], []);
    const times = [noon - 1, noon, noon + hour - 1, noon + hour];
    expect(times.map((at) => coverOf(cause, at) !== null)).toEqual([false, true, true, false]);
  });

  it("is told with who, why and until when; of several the last to end counts", () => {
    const longer = silence({ customer: "acme" }, { id: "S-2", until: noon + 2 * hour });
    expect(coversOf([silence({ class: "cleartext" }), longer], [])(cause, noon)).toEqual({
      kind: "silence",
      id: "S-2",
      reason: "new certificate",
      by: "ops",
      until: noon + 2 * hour,
    });
  });
});

describe("maintenance windows", () => {
  it("that come once are open from their beginning until their end", () => {
    const coverOf = coversOf([], [window({ kind: "once", from: noon, until: noon + hour })]);
    const times = [noon - 1, noon, noon + hour - 1, noon + hour];
    expect(times.map((at) => coverOf(cause, at)?.until ?? null)).toEqual([null, noon + hour, noon + hour, null]);
  });

  const at = (time: string) => Date.parse(time);
  const nightly = window({ kind: "recurring", cron: "0 2 * * sun", zone: "Europe/Berlin", lasts: 2 * hour });

  it.each<[string, string | null]>([
    ["2026-11-22T00:59:59Z", null],
    ["2026-11-22T01:00:00Z", "2026-11-22T03:00:00.000Z"],
    ["2026-11-22T02:59:59Z", "2026-11-22T03:00:00.000Z"],
    ["2026-11-22T03:00:00Z", null],
    ["2026-11-23T01:30:00Z", null],
  ])("that come by cron are read in their zone: at %s open until %s", (time, until) => {
    const cover = coversOf([], [nightly])(cause, at(time));
    expect(cover === null ? null : new Date(cover.until).toISOString()).toBe(until);
  });

  it("begin an hour earlier by UTC in summer", () => {
    expect(coversOf([], [nightly])(cause, at("2026-07-05T00:30:00Z"))).not.toBeNull();
    expect(coversOf([], [nightly])(cause, at("2026-07-05T02:30:00Z"))).toBeNull();
  });

  it("come in the night in which the clock leaves out their hour, too", () => {
    const gap = window({ kind: "recurring", cron: "30 2 * * *", zone: "Europe/Berlin", lasts: hour });
    expect(coversOf([], [gap])(cause, at("2026-03-29T01:10:00Z"))?.until).toBe(at("2026-03-29T02:00:00Z"));
  });

  it("say when they begin next", () => {
    expect(nextBegin(nightly.times, at("2026-11-22T01:30:00Z"))).toBe(at("2026-11-29T01:00:00Z"));
    expect(nextBegin({ kind: "once", from: noon, until: noon + hour }, noon - 1)).toBe(noon);
    expect(nextBegin({ kind: "once", from: noon, until: noon + hour }, noon)).toBeNull();
  });

  it.each(["* *", "0 2 * * 9", "61 2 * * *", "0 0 2 * * sun", "", "0 0 30 2 *"])("are refused with '%s'", (cron) => {
    expect(cronProblem(cron)).not.toBeNull();
  });
  it.each(["0 2 * * sun", "*/15 8-18 * * mon-fri", "30 23 l * *"])("are taken with '%s'", (cron) => {
    expect(cronProblem(cron)).toBeNull();
  });
});
