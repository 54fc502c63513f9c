import { describe, expect, it, test } from "vitest";
import { borneOut, wantsEvidence, withEvidence } from "../../lib/judge/bear-out.ts";
import type { AlertKind, Cause, IncidentClass, OutboxEntry } from "../../lib/model/incident.ts";
import { context, noon, openCause, owed } from "../fakes/causes.ts";

const second = 1_000;
const now = noon + 10 * 60 * second;
const slot = { slice: 1, slot: 0, vantage: "here" };

/** An open cause of a target, with one message due now, last seen bad `ago` ms ago. */
function waiting(ago: number, entry: Partial<OutboxEntry> = {}, over: Partial<Cause> = {}, kind: AlertKind = "opened") {
  const seen = { at: now - ago, cycle: 1, round: 0, vantage: "here", answer: "bad" } as const;
  const message = owed({ kind }, { notBefore: now, ...entry });
  return openCause([message], { context: { ...context, slot }, votes: [seen], ...over });
}
const leaves = (cause: Cause) => (borneOut(cause, now).cause.outbox[0]?.notBefore ?? 0) <= now;

describe("before a message leaves", () => {
  it("a bad answer of the last 20 s is enough, so that the common opening needs no further look", () => {
    expect(borneOut(waiting(20 * second), now)).toMatchObject({ asks: false });
    expect(leaves(waiting(20 * second))).toBe(true);
  });

  test.each<AlertKind>(["opened", "worse", "reminder", "escalated", "flapping"])("%s asks for a look else", (kind) => {
    const { cause, asks } = borneOut(waiting(20 * second + 1, {}, {}, kind), now);
    expect(asks).toBe(true);
    expect(cause.outbox[0]).toMatchObject({ asked: now, notBefore: now + 15 * second });
  });

  it("it is asked once, and waited for 15 s: silence doesn't heal", () => {
    const asked = now - 10 * second;
    expect(borneOut(waiting(60 * second, { asked }), now).asks).toBe(false);
    expect(leaves(waiting(60 * second, { asked }))).toBe(false);
    expect(leaves(waiting(60 * second, { asked: now - 15 * second }))).toBe(true);
  });

  test.each<[string, Partial<Cause>]>([
    ["a date", { class: "expiring" satisfies IncidentClass }],
    ["the monitor's own trouble", { class: "blind" satisfies IncidentClass }],
    ["what shows at times", { form: "intermittent" }],
    ["what is no target", { context }],
  ])("%s needs none", (_, over) => {
    expect(borneOut(waiting(3600 * second, {}, over), now).asks).toBe(false);
    expect(leaves(waiting(3600 * second, {}, over))).toBe(true);
  });

  it("nor does a digest, nor a drill, nor an end", () => {
    expect(leaves(waiting(3600 * second, { digest: "first-look" }))).toBe(true);
    expect(leaves(waiting(3600 * second, {}, {}, "recovered"))).toBe(true);
    const drill = openCause([owed({ subject: "drill:acme" }, { notBefore: now })], { context: { ...context, slot } });
    expect(leaves(drill)).toBe(true);
  });

  it("an incident that recovers meanwhile isn't told: it comes back, or its end tells of it", () => {
    const held = borneOut(waiting(second, {}, { state: "recovering" }), now).cause;
    expect(held.outbox[0]).toMatchObject({ asked: now, notBefore: now + 3600 * second });
    expect(withEvidence(held, now + second).outbox[0]).toMatchObject({ asked: null, notBefore: now + second });
    expect(leaves(waiting(second, {}, { state: "recovering", form: "intermittent" }))).toBe(true);
    expect(leaves(waiting(second, {}, { state: "recovering" }, "recovered"))).toBe(true);
  });

  it("a bad answer lets go what waits for one, and nothing else", () => {
    const held = waiting(60 * second, { asked: now - second, notBefore: now + 14 * second });
    expect(withEvidence(held, now).outbox[0]).toMatchObject({ asked: null, notBefore: now });
    const later = waiting(60 * second, { notBefore: now + 600 * second });
    expect(withEvidence(later, now)).toBe(later);
  });

  it("evidence is worth a write while a message waits, and no longer", () => {
    expect(wantsEvidence(waiting(0))).toBe(true);
    expect(wantsEvidence(openCause([], { context: { ...context, slot } }))).toBe(false);
    expect(wantsEvidence(waiting(0, {}, { class: "expiring" }))).toBe(false);
  });
});
