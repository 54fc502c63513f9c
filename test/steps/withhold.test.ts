import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Cover } from "../../lib/model/cover.ts";
import type { AlertKind, Cause, OutboxEntry } from "../../lib/model/incident.ts";
import type { Silence } from "../../lib/model/silence.ts";
import { notify } from "../../lib/steps/notify.ts";
import { releaseHeld } from "../../lib/steps/release.ts";
import { withheld } from "../../lib/steps/withhold.ts";
import { verifyChain } from "../../lib/store/chain.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { Store } from "../../lib/store/store.ts";
import { noon, openCause, owed } from "../fakes/causes.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { Crash, crashingStore } from "../fakes/crash.ts";

const minute = 60_000;
const hour = 60 * minute;
const now = noon + 2 * minute;
const cover: Cover = { kind: "silence", id: "S-1", reason: "move", by: "ops", until: now + 30 * minute };

function message(number: number, kind: AlertKind, held: Cover | null = null, over: Partial<OutboxEntry> = {}) {
  return owed({ id: `CM-7F3A·${number}`, kind, held }, { notBefore: now, ...over });
}
const numbers = (entries: readonly OutboxEntry[] | undefined) =>
  entries?.map(({ alert }) => Number(alert.id.split("·")[1]));

describe("an outbox under a silence", () => {
  it("holds what is due until the silence ends, and says by what", () => {
    const changed = withheld(openCause([message(1, "opened")]), cover, now);
    expect(changed?.cause.outbox).toMatchObject([{ alert: { held: cover }, notBefore: cover.until }]);
    expect(numbers(changed?.held)).toEqual([1]);
    expect(changed?.untold).toEqual([]);
  });

  it("is looked at again within an hour, since a silence may be lifted", () => {
    const long = { ...cover, until: now + 90 * 86_400_000 };
    expect(withheld(openCause([message(1, "opened")]), long, now)?.cause.outbox[0]?.notBefore).toBe(now + hour);
    const again = withheld(openCause([message(1, "opened", long)]), long, now);
    expect(again?.held).toEqual([]);
  });

  it.each<[name: string, outbox: readonly OutboxEntry[], left: readonly number[], untold: readonly number[]]>([
    [
      "an incident that is over and nobody heard of",
      [message(1, "opened", cover), message(2, "recovered")],
      [],
      [1, 2],
    ],
    ["one that DNS dropped", [message(1, "opened", cover), message(2, "gone")], [], [1, 2]],
    ["the end of one that was told before", [message(4, "recovered")], [4], []],
    [
      "one that somebody heard of",
      [message(1, "opened", null, { sentTo: ["a"] }), message(2, "recovered")],
      [1, 2],
      [],
    ],
    ["a reminder of a loss that waits itself", [message(1, "opened", cover), message(2, "reminder")], [1], [2]],
    ["reminders that came one after the other", [message(3, "reminder", cover), message(4, "reminder")], [4], [3]],
    ["what got worse meanwhile", [message(1, "opened", cover), message(2, "worse")], [1, 2], []],
  ])("%s", (_, outbox, left, untold) => {
    const changed = withheld(openCause(outbox), cover, now);
    expect(numbers(changed?.cause.outbox)).toEqual(left);
    expect(numbers(changed?.untold)).toEqual(untold);
  });
});

describe("an outbox after a silence", () => {
  it("lets go what still holds", () => {
    const released = withheld(openCause([message(1, "opened", cover)]), null, now)?.cause ?? openCause([]);
    expect(numbers(released.outbox)).toEqual([1]);
    expect(withheld(released, null, now)).toBeNull();
  });
  it("forgets nothing that held still when it ended: if nobody could be told meanwhile, its end is told", () => {
    const released = withheld(openCause([message(1, "opened", cover)]), null, now)?.cause ?? openCause([]);
    const over = { ...released, state: "clear" as const, outbox: [...released.outbox, message(2, "recovered")] };
    expect(withheld(over, null, now)).toBeNull();
  });
  it("leaves alone what was never held", () => {
    expect(withheld(openCause([message(1, "opened"), message(2, "recovered")]), null, now)).toBeNull();
  });
  it("forgets what is over", () => {
    const over = openCause([message(1, "opened", cover), message(2, "recovered")], { state: "clear" });
    expect(numbers(withheld(over, null, now)?.untold)).toEqual([1, 2]);
  });
  it("drops what ended after the hold did, while its opening still waited for its end", () => {
    const waiting = message(1, "opened", cover, { notBefore: now + hour });
    const changed = withheld(openCause([waiting, message(2, "recovered")], { state: "clear" }), null, now);
    expect(numbers(changed?.untold)).toEqual([1, 2]);
    expect(withheld(openCause([waiting]), null, now)).toBe(null);
  });

  it("waits for an incident that is recovering: who wasn't told of the loss need not be told of its end", () => {
    const recovering = openCause([message(1, "opened", cover)], { state: "recovering" });
    expect(withheld(recovering, null, now)?.cause.outbox[0]?.notBefore).toBe(now + minute);
    const told = openCause([message(2, "worse", cover)], { state: "recovering" });
    expect(withheld(told, null, now)).toBeNull();
  });
});

describe("a pass of the outbox", () => {
  let embedded: EmbeddedStore;
  let clock: number;
  let subjects = 0;
  beforeAll(async () => {
    embedded = await openEmbedded(null);
  });
  afterAll(() => embedded.close());
  beforeEach(async () => {
    clock = now;
    for (const { id } of await embedded.store.config.silences()) await embedded.store.config.removeSilence(id);
    for (const { value, version } of await embedded.store.state.dueCauses(Number.MAX_SAFE_INTEGER)) {
      const spent: Cause = { ...value, state: "clear", outbox: [], openings: [], due: null };
      await embedded.store.state.putCause({ value: spent, version });
    }
  });

  const silence: Silence = {
    id: "S-1",
    covers: { customer: null, host: null, class: "cleartext" },
    reason: "move",
    by: "ops",
    from: now,
    until: cover.until,
  };
  async function owing(entries: readonly OutboxEntry[]): Promise<string> {
    const subject = `198.51.100.${++subjects}:25`;
    const outbox = entries.map((entry) => ({ ...entry, alert: { ...entry.alert, subject } }));
    await embedded.store.state.putCause({ value: openCause(outbox, { subject }), version: 0 });
    return subject;
  }
  const outboxOf = async (subject: string) =>
    (await embedded.store.state.cause("cleartext", subject)).value?.outbox ?? [];
  async function pass(store: Store = embedded.store): Promise<readonly string[]> {
    const operator = fakeChannel("console");
    const world = { store, now: () => clock, operators: [operator], contactChannels: () => [], alertLog: null };
    await notify({ ...world, baseUrl: null });
    return operator.letters.map(({ id }) => id);
  }
  async function recordOf(subject: string): Promise<string[]> {
    const kinds: string[] = [];
    for await (const { text } of embedded.store.ledger.record()) {
      const entry = JSON.parse(text ?? "");
      if (entry.alert?.subject === subject) kinds.push(`${entry.kind} ${entry.alert.kind}`);
    }
    return kinds;
  }

  it("tells nothing while it is silenced, and at the end what still holds", async () => {
    await embedded.store.config.putSilence(silence);
    const subject = await owing([message(1, "opened")]);
    expect(await pass()).toEqual([]);
    clock = cover.until - 1;
    expect(await pass()).toEqual([]);
    clock = cover.until;
    expect(await pass()).toEqual(["CM-7F3A·1"]);
    expect(await recordOf(subject)).toEqual(["held opened", "told opened"]);
  });

  it("tells nobody of what was over before the end, and records it", async () => {
    await embedded.store.config.putSilence(silence);
    const subject = await owing([message(1, "opened")]);
    await pass();
    const { value, version } = await embedded.store.state.cause("cleartext", subject);
    if (value === null) throw new Error("the cause is gone");
    const end = owed(
      { id: "CM-7F3A·2", kind: "recovered", at: clock + minute, subject },
      { notBefore: clock + minute },
    );
    await embedded.store.state.putCause({ value: { ...value, outbox: [...value.outbox, end] }, version });
    clock = cover.until + minute;
    expect(await pass()).toEqual([]);
    expect(await outboxOf(subject)).toEqual([]);
    expect(await recordOf(subject)).toEqual(["held opened", "untold opened", "untold recovered"]);
  });

  it("obeys a maintenance window of the settings", async () => {
    const settings = await embedded.store.config.settings();
    const times = { kind: "once", from: now - 1, until: now + hour } as const;
    await embedded.store.config.putSettings({ ...settings, windows: [{ ...silence, id: "patch-day", times }] });
    const subject = await owing([message(1, "opened")]);
    expect(await pass()).toEqual([]);
    expect((await outboxOf(subject))[0]?.alert.held).toMatchObject({ kind: "window", id: "patch-day", by: null });
    await embedded.store.config.putSettings(settings);
  });

  it("says in the message why it comes so late", async () => {
    await embedded.store.config.putSilence(silence);
    await owing([message(1, "opened")]);
    await pass();
    clock = cover.until;
    const operator = fakeChannel("console");
    const world = { store: embedded.store, now: () => clock, operators: [operator], contactChannels: () => [] };
    await notify({ ...world, alertLog: null, baseUrl: null });
    expect(operator.letters[0]?.text).toContain("Told late: held back by a silence of ops (move)");
  });

  it("goes by what it covers", async () => {
    await embedded.store.config.putSilence({
      ...silence,
      covers: { customer: null, host: "mx9.example", class: null },
    });
    await owing([message(1, "opened")]);
    expect(await pass()).toEqual(["CM-7F3A·1"]);
  });

  it("tells at once when the silence is lifted", async () => {
    await embedded.store.config.putSilence(silence);
    await owing([message(1, "opened")]);
    await pass();
    await releaseHeld(embedded.store, () => clock);
    expect(await pass()).toEqual([]);
    await embedded.store.config.removeSilence(silence.id);
    await releaseHeld(embedded.store, () => clock);
    expect(await pass()).toEqual(["CM-7F3A·1"]);
  });

  it.each(["before", "after"] as const)(
    "dies %s any write without telling, losing or forking anything",
    async (when) => {
      await embedded.store.config.putSilence(silence);
      for (let fatal = 1; fatal <= 3; fatal++) {
        clock = now;
        const subject = await owing([message(1, "opened")]);
        await pass(crashingStore(embedded.store, fatal, when).store).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Crash);
        });
        expect(await pass()).toEqual([]);
        expect(await recordOf(subject)).toEqual(["held opened"]);
        clock = cover.until;
        expect(await pass()).toEqual(["CM-7F3A·1"]);
      }
      const { ledger } = embedded.store;
      expect(await verifyChain(ledger.record(), await ledger.recordHead())).toMatchObject({ kind: "unbroken" });
    },
  );
});
