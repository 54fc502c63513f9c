/** On AWS: second contacts have topics of their own, and a look that has to bear out a message holds it up for seconds, not for the minute's tick. */

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handler as notify } from "../../lambdas/notify.ts";
import { proof } from "../../lib/judge/bear-out.ts";
import type { Cause } from "../../lib/model/incident.ts";
import { targetKey } from "../../lib/model/target.ts";
import { environmentNames } from "../../lib/world/environment.ts";
import { openCause, owed } from "../fakes/causes.ts";
import { createLab, entryOf, keyOf } from "../steps/lab.ts";
import { type FakeAws, startAws } from "./aws.ts";
import { sqsEvent } from "./events.ts";

const arn = (name: string) => `arn:aws:sns:eu-central-1:123456789012:${name}`;
const minute = 60_000;

let aws: FakeAws;
beforeAll(async () => {
  aws = await startAws();
  vi.stubEnv(environmentNames.phones, arn("phones"));
  vi.stubEnv(environmentNames.second, arn("second"));
  vi.stubEnv(environmentNames.secondPhones, arn("second-phones"));
});
afterAll(() => aws.close());
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  return () => vi.restoreAllMocks();
});

const pass = () => notify(sqsEvent("outbox", ["{}"]));
let read = 0;
/** Topics that were published to since the last time of asking. */
function told(): readonly unknown[] {
  const since = aws.published.slice(read);
  read = aws.published.length;
  return since.map((fields) => fields.get("TopicArn")?.split(":").at(-1));
}

describe("second contacts on AWS", () => {
  it("hear nothing of what opens, and are told when nobody acknowledged it in time", async () => {
    const subject = "192.0.2.1:25";
    const cause = openCause([owed({ subject, at: Date.now() })], { subject });
    await aws.store.state.putCause({ value: cause, version: 0 });
    await pass();
    expect(told()).toEqual(["operators", "phones"]);
    const { value, version } = await aws.store.state.cause("cleartext", subject);
    const escalations = value?.incident?.escalations ?? [];
    expect(escalations.map(({ after }) => after)).toEqual([30 * minute]);

    const entry = owed(
      { subject, at: Date.now(), kind: "escalated", id: "CM-7F3A·2" },
      { reach: { over: 0, upTo: 30 * minute } },
    );
    await aws.store.state.putCause({ value: { ...value, outbox: [entry] } as Cause, version });
    await pass();
    expect(told()).toEqual(["second", "second-phones"]);
  });
});

describe("a message that a look has to bear out", () => {
  it("wakes its sender when the look's time is over, and leaves unanswered then", async () => {
    const address = "192.0.2.9";
    await createLab(aws.store, 1).put([entryOf(address)]);
    const subject = keyOf(address);
    const at = Date.now() - 2 * proof.freshMs;
    const slot = { slice: 1, slot: 0, vantage: "here" };
    const votes = [{ at, cycle: 1, round: 0, vantage: "here", answer: "bad" } as const];
    const standing = openCause([owed({ subject, at, kind: "worse" })], { subject, votes });
    const value: Cause = { ...standing, context: { ...standing.context, slot } };
    await aws.store.state.putCause({ value, version: 0 });
    aws.take("outbox");

    await pass();
    expect(told()).toEqual([]);
    const [look] = aws
      .take("jobs")
      .map(({ body }) => JSON.parse(body) as { tasks: { target: Parameters<typeof targetKey>[0] }[] });
    expect(look?.tasks.map(({ target }) => targetKey(target))).toEqual([subject]);
    const [wake, ...more] = aws.take("outbox");
    expect(more).toEqual([]);
    expect(wake?.delaySeconds).toBe(proof.answeredWithinMs / 1_000 + 1);

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + (wake?.delaySeconds ?? 0) * 1_000 });
    await pass();
    vi.useRealTimers();
    expect(told()).toEqual(["operators", "phones"]);
    expect(aws.waiting("outbox")).toBe(0);
  });
});
