import { describe, expect, it } from "vitest";
import { collapsed, isUnaware } from "../../lib/judge/merge.ts";
import type { AlertKind, OutboxEntry } from "../../lib/model/incident.ts";
import { noon, openCause, owed } from "../fakes/causes.ts";

const minute = 60_000;
const now = noon + 10 * minute;

function message(number: number, kind: AlertKind, over: Partial<OutboxEntry> = {}, incident = "CM-7F3A") {
  return owed({ id: `${incident}·${number}`, incident, kind }, { notBefore: now, ...over });
}
const left = (outbox: readonly OutboxEntry[]) => collapsed(openCause(outbox), now).cause.outbox;
const ids = (outbox: readonly OutboxEntry[]) => outbox.map(({ alert }) => alert.id);

describe("an end that is due", () => {
  it("takes the place of what waits before it", () => {
    const outbox = [message(1, "opened"), message(2, "worse"), message(3, "recovered")];
    expect(ids(left(outbox))).toEqual(["CM-7F3A·3"]);
    expect(ids(collapsed(openCause(outbox), now).replaced)).toEqual(["CM-7F3A·1", "CM-7F3A·2"]);
  });

  it("tells of both to whom nothing was told, and of the end alone to whom something was", () => {
    const [end] = left([message(1, "opened", { sentTo: ["a"] }), message(2, "gone")]);
    if (end === undefined) throw new Error("the end is gone");
    expect([isUnaware(end, "a", 0), isUnaware(end, "b", 0)]).toEqual([false, true]);
  });

  it("is the end alone to everybody where all were told of the beginning", () => {
    const [end] = left([message(2, "worse"), message(3, "recovered")]);
    expect(end && isUnaware(end, "a", 0)).toBe(false);
  });

  it("tells of both to second contacts whom the escalation didn't reach in time", () => {
    const escalated = message(2, "escalated", { reach: { over: 0, upTo: 30 * minute }, sentTo: ["boss"] });
    const [end] = left([escalated, message(3, "recovered", { reach: { over: -1, upTo: 30 * minute } })]);
    if (end === undefined) throw new Error("the end is gone");
    const unaware = ["first", "boss", "deputy"].map((name) => isUnaware(end, name, name === "first" ? 0 : 30 * minute));
    expect(unaware).toEqual([false, false, true]);
  });

  it("stays what it is when it is tried again", () => {
    const once = left([message(1, "opened", { sentTo: ["a"] }), message(2, "recovered")]);
    expect(left(once)).toEqual(once);
  });
});

describe("what isn't merged", () => {
  it("messages of an incident that goes on", () => {
    const outbox = [message(1, "opened"), message(2, "worse")];
    expect(collapsed(openCause(outbox), now)).toEqual({ cause: openCause(outbox), replaced: [], untold: [] });
  });

  it("an end that may not be told yet", () => {
    const outbox = [message(1, "opened"), message(2, "recovered", { notBefore: now + 1 })];
    expect(ids(left(outbox))).toEqual(["CM-7F3A·1", "CM-7F3A·2"]);
  });

  it("one incident with the next", () => {
    const next = message(1, "opened", {}, "CM-8000");
    expect(ids(left([message(1, "opened"), message(2, "recovered"), next]))).toEqual(["CM-7F3A·2", "CM-8000·1"]);
  });
});
