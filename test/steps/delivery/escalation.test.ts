import { beforeEach, describe, expect, it } from "vitest";
import { advance } from "../../../lib/judge/incident.ts";
import type { Customer } from "../../../lib/model/customer.ts";
import type { Cause } from "../../../lib/model/incident.ts";
import { defaultPolicy } from "../../../lib/model/policy.ts";
import { acknowledge } from "../../../lib/status/acknowledge.ts";
import type { NotifyWorld } from "../../../lib/steps/notify.ts";
import { tick } from "../../../lib/steps/tick.ts";
import { context, owed } from "../../fakes/causes.ts";
import { type FakeChannel, fakeChannel } from "../../fakes/channels.ts";
import { customerOf } from "../../fakes/customers.ts";
import { createOutboxes, minute } from "./outboxes.ts";

const outboxes = createOutboxes();

const acme: Customer = customerOf("acme", {
  contacts: [
    { email: "it@acme.example", sms: null },
    { email: "boss@acme.example", sms: null, after: 30 * minute },
  ],
});
const ofAcme = { context: { ...context, customers: 1, customer: "acme" } };

/** The clock ends what left the roster. */
const notOnRosters = { subject: "acme.example" };

let boxes: Map<string, FakeChannel>;
let telling: Partial<NotifyWorld>;
const got = (name: string) => boxes.get(name)?.letters.map(({ attributes }) => attributes.kind);

beforeEach(async () => {
  boxes = new Map(["console", "it@acme.example", "boss@acme.example", "duty"].map((name) => [name, fakeChannel(name)]));
  const box = (name: string) => boxes.get(name) as FakeChannel;
  telling = {
    operators: [box("console")],
    secondOperators: [{ after: 60 * minute, channel: box("duty") }],
    contactChannels: ({ email }) => (email === null ? [] : [box(email)]),
  };
  await outboxes.store.config.putCustomers([acme]);
});

const clock = () => tick({ store: outboxes.store, now: () => outboxes.now, policy: defaultPolicy, sighted: ["here"] });
async function later(ms: number): Promise<void> {
  outboxes.now += ms;
  await clock();
  await outboxes.pass(telling);
}
async function move(subject: string, change: (cause: Cause) => Cause | null): Promise<void> {
  const { value, version } = await outboxes.store.state.cause("cleartext", subject);
  const next = value && change(value);
  if (next) await outboxes.store.state.putCause({ value: next, version });
}

describe("an incident that nobody acknowledges", () => {
  it("is told to second contacts in their time, and to nobody twice", async () => {
    await outboxes.owing([owed(ofAcme)], { ...notOnRosters, ...ofAcme });
    await outboxes.pass(telling);
    expect(got("boss@acme.example")).toEqual([]);
    await later(30 * minute - 1);
    expect(got("boss@acme.example")).toEqual([]);
    await later(1);
    expect(got("boss@acme.example")).toEqual(["escalated"]);
    expect(got("duty")).toEqual([]);
    await later(30 * minute);
    expect(got("duty")).toEqual(["escalated"]);
    expect(got("boss@acme.example")).toEqual(["escalated"]);
    expect([got("console"), got("it@acme.example")]).toEqual([["opened"], ["opened"]]);
    expect(boxes.get("duty")?.letters[0]?.subject).toMatch(/^\[CM-7F3A\.3\] Nobody acknowledged, TLS lost: /);
  });

  it("that gets worse or ends is told to them as well from then on", async () => {
    const subject = await outboxes.owing([owed(ofAcme)], { ...notOnRosters, ...ofAcme });
    await outboxes.pass(telling);
    await later(30 * minute);
    await move(subject, (cause) => advance(cause, { kind: "gone" }, defaultPolicy, outboxes.now).cause);
    await outboxes.pass(telling);
    expect(got("boss@acme.example")).toEqual(["escalated", "gone"]);
    expect(got("duty")).toEqual([]);
    expect(got("console")).toEqual(["opened", "gone"]);
  });
});

describe("second contacts hear nothing", () => {
  it("of what somebody acknowledged in time", async () => {
    const subject = await outboxes.owing([owed(ofAcme)], { ...notOnRosters, ...ofAcme });
    await outboxes.pass(telling);
    outboxes.now += 10 * minute;
    await acknowledge(outboxes.store, { id: "CM-7F3A", class: "cleartext", subject }, "ada", outboxes.now);
    await later(60 * minute);
    expect([got("boss@acme.example"), got("duty")]).toEqual([[], []]);
  });

  it("of what was over before", async () => {
    const subject = await outboxes.owing([owed(ofAcme)], { ...notOnRosters, ...ofAcme });
    await outboxes.pass(telling);
    await move(subject, (cause) => advance(cause, { kind: "gone" }, defaultPolicy, outboxes.now).cause);
    await later(60 * minute);
    expect([got("boss@acme.example"), got("duty")]).toEqual([[], []]);
  });

  it("of other customers' trouble", async () => {
    await outboxes.owing([owed()], notOnRosters);
    await outboxes.pass(telling);
    await later(90 * minute);
    expect([got("boss@acme.example"), got("duty")]).toEqual([[], ["escalated"]]);
  });
});

it("first contacts who can't be reached are the reason to escalate, not to wait", async () => {
  const down = fakeChannel("smtp:down", Array(99).fill({ kind: "later", why: "relay down" }));
  telling = { ...telling, operators: [down] };
  await outboxes.owing([owed()], notOnRosters);
  await outboxes.pass(telling);
  await later(60 * minute);
  expect(got("duty")).toEqual(["escalated"]);
});
