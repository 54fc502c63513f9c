import { describe, expect, it } from "vitest";
import { isDeaf, mostKnown, mostPendingMs, reconciled } from "../../lib/judge/subscriptions.ts";
import type { KnownSubscription, ListedSubscription } from "../../lib/model/subscriptions.ts";

const now = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;
const listed = (endpoint: string, pending = false): ListedSubscription => ({ protocol: "email", endpoint, pending });
const known = (endpoint: string, state: KnownSubscription["state"], over: Partial<KnownSubscription> = {}) => ({
  protocol: "email",
  endpoint,
  state,
  since: now - hour,
  wasConfirmed: state !== "pending",
  ...over,
});
const names = (some: readonly KnownSubscription[]) => some.map(({ endpoint, state }) => `${endpoint} ${state}`);

describe("subscriptions, listed again", () => {
  it("are the very same object where nothing changed", () => {
    const before = [known("a@x.example", "confirmed"), known("b@x.example", "pending")];
    const step = reconciled(before, [listed("b@x.example", true), listed("a@x.example")], now);
    expect(step.known).toBe(before);
    expect(step.deaf).toEqual([]);
    expect(step.back).toEqual([]);
  });

  it("new ones are well until they have been pending for a day", () => {
    const first = reconciled([], [listed("a@x.example", true), listed("b@x.example")], now);
    expect(names(first.known)).toEqual(["a@x.example pending", "b@x.example confirmed"]);
    expect(first.deaf).toEqual([]);
    expect(first.back).toEqual([]);
    const again = [listed("a@x.example", true), listed("b@x.example")];
    expect(reconciled(first.known, again, now + mostPendingMs).deaf).toEqual([]);
    expect(names(reconciled(first.known, again, now + mostPendingMs + 1).deaf)).toEqual(["a@x.example pending"]);
  });

  it("who vanished is deaf, whether it was confirmed or not", () => {
    const before = [known("a@x.example", "confirmed"), known("b@x.example", "pending")];
    const step = reconciled(before, [], now);
    expect(names(step.deaf)).toEqual(["a@x.example vanished", "b@x.example vanished"]);
    expect(step.known.every(({ since }) => since === now)).toBe(true);
    expect(reconciled(step.known, [], now + hour).known).toBe(step.known);
  });

  it("who was put back to pending is deaf at once: SNS does so in a storm", () => {
    const step = reconciled([known("a@x.example", "confirmed")], [listed("a@x.example", true)], now);
    expect(names(step.deaf)).toEqual(["a@x.example pending"]);
  });

  it("who is confirmed again is back, once", () => {
    const gone = [
      known("a@x.example", "vanished"),
      known("b@x.example", "pending", { since: now - 2 * mostPendingMs }),
    ];
    const step = reconciled(gone, [listed("a@x.example"), listed("b@x.example")], now);
    expect(names(step.back)).toEqual(["a@x.example confirmed", "b@x.example confirmed"]);
    expect(step.deaf).toEqual([]);
    expect(reconciled(step.known, [listed("a@x.example"), listed("b@x.example")], now + hour).back).toEqual([]);
  });

  it("asked twice and confirmed once is confirmed, in either order", () => {
    const both = [listed("a@x.example", true), listed("a@x.example")];
    expect(names(reconciled([], both, now).known)).toEqual(["a@x.example confirmed"]);
    expect(names(reconciled([], both.toReversed(), now).known)).toEqual(["a@x.example confirmed"]);
  });

  it("the same endpoint by two protocols is two", () => {
    const two = [listed("a"), { ...listed("a"), protocol: "email-json" }];
    expect(reconciled([], two, now).known).toHaveLength(2);
  });

  it("no more are remembered than a document holds", () => {
    const many = Array.from({ length: mostKnown + 10 }, (_, index) => listed(`c${index}@x.example`));
    expect(reconciled([], many, now).known).toHaveLength(mostKnown);
  });

  it("a confirmed one is never deaf", () => {
    expect(isDeaf(known("a@x.example", "confirmed", { since: 0 }), now)).toBe(false);
  });
});
