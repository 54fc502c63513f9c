import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DrillReport, intoDocument, longestDrillMs, playDrill } from "../../lib/local/drill.ts";
import { type Customer, defaultSettings } from "../../lib/model/customer.ts";
import type { Cause } from "../../lib/model/incident.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { Channel } from "../../lib/model/ports.ts";
import { loadFleet } from "../../lib/status/fleet.ts";
import { loadIncidents, loadSuspected } from "../../lib/status/incidents.ts";
import { incidentPage, incidentTable, suspicionList } from "../../lib/status/pages/incidents.ts";
import { beginDrill } from "../../lib/steps/drill/begin.ts";
import { presentDrill } from "../../lib/steps/drill/document.ts";
import { drillTick, endDrill, judgeDrill } from "../../lib/steps/drill/judge.ts";
import { lossOf } from "../../lib/steps/drill/made-up.ts";
import { deadAfterMs, giveSign, isAbandoned } from "../../lib/steps/drill/signs.ts";
import { withDrillNotes } from "../../lib/steps/drill/stamp.ts";
import { notify } from "../../lib/steps/notify.ts";
import { tick } from "../../lib/steps/tick.ts";
import { verifyChain } from "../../lib/store/chain.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { createLab, entryOf, every, keyOf, type Lab, minute, need, plain, second } from "./lab.ts";

const address = "93.184.215.14";
const acme: Customer = customerOf("acme", {
  domains: [{ name: "acme.example", tlsMode: "enabled" }],
  downstream: [{ host: "mx1.acme.example", port: 25, tls: "starttls", name: "mx1.acme.example" }],
  contacts: [{ email: "it@acme.example", sms: null }],
});

let embedded: EmbeddedStore;
let lab: Lab;
let clock: number;
let operator: FakeChannel;
let contact: FakeChannel;
const now = () => clock;

beforeEach(async () => {
  embedded = await openEmbedded(null);
  const { store } = embedded;
  lab = createLab(store, 1);
  await lab.put([entryOf(address, { needs: [{ ...need, hop: "downstream", customers: 1, customer: "acme" }] })]);
  await store.config.putCustomers([acme]);
  await lab.run(2 * every);
  clock = lab.now();
  operator = fakeChannel("console");
  contact = fakeChannel("smtp:it@acme.example");
});
afterEach(() => embedded.close());

const world = () => ({ store: embedded.store, now, policy: defaultPolicy });
const withinMs = 2 * minute;

/** One turn of a process that judges and tells. */
async function turn(operators: readonly Channel[] = [operator]): Promise<void> {
  await drillTick(world());
  await tick({ ...world(), sighted: ["here"] });
  const telling = { store: embedded.store, now, operators, alertLog: null, baseUrl: null };
  await notify(withDrillNotes({ ...telling, contactChannels: () => [contact] }));
  clock += 10;
}

interface Play {
  readonly work?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

async function begin(of = "acme") {
  const begun = await beginDrill(world(), of, longestDrillMs(defaultPolicy, withinMs));
  if (begun.kind !== "begun") throw new Error(begun.kind);
  return begun.drill;
}

async function play({ work = turn, signal = new AbortController().signal }: Play = {}): Promise<DrillReport> {
  const drill = await begin();
  const pause = async () => {
    clock += 5 * second;
  };
  return playDrill(drill, { ...world(), send: intoDocument(world(), drill), work, pause, withinMs, signal });
}

/** Everything that isn't the drill's own, nor the record. */
async function rest() {
  const { state, ledger, config } = embedded.store;
  const causes = (await state.dueCauses(Number.MAX_SAFE_INTEGER)).filter(({ value }) => !isOfDrill(value));
  return {
    causes,
    target: await state.target(keyOf(address), "here"),
    memory: await state.memory(1),
    slices: await state.slices(),
    ledger: await ledger.ledger(1, 50),
    events: await ledger.events(keyOf(address), 50),
    cycle: await state.lastCycle(),
    settings: await config.settings(),
    real: await state.cause("cleartext", keyOf(address)),
  };
}

const isOfDrill = ({ subject }: Cause) => subject.startsWith("drill:");

describe("a fire drill", () => {
  it("is told of and ended on every channel, marked each time, with the time that each stage took", async () => {
    const report = await play();
    expect(report).toMatchObject({ failure: null, missing: [] });
    for (const { letters } of [operator, contact]) {
      expect(letters.map(({ event: { kind, drill } }) => [kind, drill])).toEqual([
        ["opened", true],
        ["recovered", true],
      ]);
      for (const letter of letters) {
        expect(letter.subject).toMatch(/^\[DRILL\] \[CM-[0-9A-F]{6}\.[12]\] /);
        expect(letter.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(letter.sms).toMatch(/^DRILL CM-/);
        expect(letter.text).toMatch(/^This is a drill, and nothing is wrong\./);
        expect(letter.attributes).toMatchObject({ drill: "true", customer: "acme" });
      }
    }
    const what = report.stages.map((stage) => stage.what);
    expect(what.filter((each) => each === "told console")).toHaveLength(2);
    expect(what.filter((each) => each === "told smtp:it@acme.example")).toHaveLength(2);
    const after = new Map(report.stages.map((stage) => [stage.what, stage.at - report.drill.startedAt]));
    expect(after.get("results of the loss sent")).toBe(0);
    expect(after.get("first of them judged")).toBeGreaterThanOrEqual(0);
    const confirmed = after.get("confirmed, and a message owed") ?? 0;
    expect(confirmed).toBeGreaterThanOrEqual(defaultPolicy.openSpan);
    expect(confirmed).toBeLessThan(defaultPolicy.openSpan + 6 * second);
  });

  it("touches nothing but its own: facts, fingerprints, ledger, causes and settings stay as they were", async () => {
    const before = await rest();
    await play();
    expect(await rest()).toEqual(before);
    // What is left of it is forgotten within an hour.
    clock += 61 * minute;
    await turn();
    expect(await embedded.store.state.dueCauses(Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it("stands in the record, which is unbroken, in the list of incidents as a drill, and in no count", async () => {
    await play();
    const { ledger } = embedded.store;
    expect(await verifyChain(ledger.record(), await ledger.recordHead())).toMatchObject({
      kind: "unbroken",
      entries: 2,
    });
    const [incident, ...others] = await loadIncidents(embedded.store, clock);
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ drill: true, subject: "drill:acme", state: "ended", ended: "recovered" });
    const drill = await begin();
    for (const { results } of lossOf(drill, defaultPolicy)) await judgeDrill(results, world());
    expect((await loadIncidents(embedded.store, clock))[0]).toMatchObject({ drill: true, state: "open" });
    expect((await loadFleet(embedded.store, { now, everyMs: every })).incidents).toEqual({
      open: 0,
      unacknowledged: 0,
    });
  });

  it("is called a drill on the pages, before and after it is confirmed", async () => {
    const drill = await begin();
    const [first, ...more] = lossOf(drill, defaultPolicy).map(({ results }) => results);
    if (first === undefined) throw new Error("no results");
    await judgeDrill(first, world());
    const suspected = await loadSuspected(embedded.store);
    expect(String(await suspicionList(suspected, clock))).toContain("Drill: TLS lost: mx1.acme.example");
    for (const results of more) await judgeDrill(results, world());
    const [incident] = await loadIncidents(embedded.store, clock);
    if (incident === undefined) throw new Error("nothing is open");
    const page = String(await incidentPage({ incident, relatives: [], mayAcknowledge: true, now: clock }));
    expect(page).toContain("<h1>Drill: TLS lost: mx1.acme.example</h1>");
    expect(page).toContain("<strong>This is a drill.</strong>");
    expect(String(await incidentTable([incident], clock))).toContain("Drill: TLS lost");
  });

  it("keeps no real loss back, and isn't kept back by one", async () => {
    lab.servers.set(address, plain);
    const work = async () => {
      await lab.run(clock - lab.now());
      await turn();
    };
    const report = await play({ work });
    clock += minute;
    await work();
    expect(report).toMatchObject({ failure: null, missing: [] });
    const real = [...operator.letters, ...lab.operator.letters].filter(({ event }) => !event.drill);
    expect(real.map(({ event: { kind, subject } }) => `${kind} ${subject}`)).toEqual([`opened ${keyOf(address)}`]);
  });

  it("is told in a silence and in a maintenance window all the same: it was asked for", async () => {
    const { config } = embedded.store;
    const covers = { customer: "acme", host: null, class: null };
    const until = clock + 60 * minute;
    await config.putSilence({ id: "S-1", covers, reason: "works", by: "ops", from: clock - 1, until });
    const window = { id: "w", covers, reason: "works", times: { kind: "once", from: clock - 1, until } } as const;
    await config.putSettings({ ...defaultSettings, windows: [window] });
    await play();
    expect(operator.letters.map(({ event }) => event.kind)).toEqual(["opened", "recovered"]);
  });

  it("is no flapping, however often it is played in an hour", async () => {
    for (let times = 0; times < 4; times++) expect((await play()).failure).toBeNull();
    expect(operator.letters.map(({ event }) => event.kind)).toEqual(Array(4).fill(["opened", "recovered"]).flat());
  });

  it("names the channel that didn't get it in time, and why", async () => {
    const down = fakeChannel("webhook:hooks.example", Array(100).fill({ kind: "later", why: "answered 503" }));
    const report = await play({ work: () => turn([operator, down]) });
    expect(report.failure).toBeNull();
    expect(report.missing).toEqual([
      { channel: "webhook:hooks.example", kind: "opened", why: "answered 503" },
      { channel: "webhook:hooks.example", kind: "recovered", why: "answered 503" },
    ]);
    expect(operator.letters).toHaveLength(2);
  });

  it("says so when nobody judges, and when nobody tells", async () => {
    expect((await play({ work: async () => {} })).failure).toBe("nobody judged the results of the loss within 60 s");
    expect((await play({ work: () => drillTick(world()) })).failure).toBe("nobody was told within 120 s");
  });

  it("is one at a time", async () => {
    const drill = await begin();
    expect(await beginDrill(world(), "acme", minute)).toEqual({ kind: "running", drill });
    expect(await beginDrill(world(), keyOf(address), minute)).toMatchObject({ kind: "running" });
  });

  describe("whose command was killed", () => {
    const pause = async () => {
      clock += second;
    };

    it("blocks nobody: without a sign of life it is ended, and another begins", async () => {
      const killed = await begin();
      await giveSign(embedded.store, killed.id);
      const present = await presentDrill(embedded.store);
      if (present === null) throw new Error("there is a drill");
      const began = clock;
      expect(await isAbandoned(world(), present, pause)).toBe(true);
      expect(clock - began).toBe(deadAfterMs);
      expect(killed.until - clock).toBeGreaterThan(3 * minute);
      await endDrill(world(), killed.id);
      expect((await begin()).id).not.toBe(killed.id);
    });

    it("isn't taken for one that lives", async () => {
      const drill = await begin();
      const living = async () => {
        await pause();
        await giveSign(embedded.store, drill.id);
      };
      expect(await isAbandoned(world(), drill, living)).toBe(false);
      expect(await presentDrill(embedded.store)).toMatchObject({ id: drill.id, endedAt: null });
    });

    it("may end by itself meanwhile", async () => {
      const drill = await begin();
      expect(await isAbandoned(world(), drill, () => endDrill(world(), drill.id))).toBe(true);
    });

    it("by an older release is waited for: it gave no signs", async () => {
      const { signs: _, ...old } = await begin();
      expect(await isAbandoned(world(), old, pause)).toBe(false);
    });

    it("gives no sign any more once it is over", async () => {
      const drill = await begin();
      await endDrill(world(), drill.id);
      const over = await presentDrill(embedded.store);
      await giveSign(embedded.store, drill.id);
      expect(await presentDrill(embedded.store)).toEqual(over);
    });
  });

  it("is of a customer or of a target that is watched, and of nobody else", async () => {
    expect(await beginDrill(world(), "nobody", minute)).toEqual({ kind: "unknown" });
    expect(await beginDrill(world(), "192.0.2.99:25", minute)).toEqual({ kind: "unknown" });
    await embedded.store.config.putCustomers([{ ...acme, id: "new", domains: [], downstream: [] }]);
    expect(await beginDrill(world(), "new", minute)).toEqual({ kind: "unwatched" });
    const drill = await begin(keyOf(address));
    expect(drill).toMatchObject({ subject: `drill:${keyOf(address)}`, entry: { needs: [{ customer: "acme" }] } });
  });

  it("of a customer behind a shared server only tells that one's contacts", async () => {
    await lab.put([entryOf(address, { needs: [{ ...need, customers: 40, customer: null }] })]);
    const drill = await begin();
    expect(drill.entry.needs).toMatchObject([{ customers: 1, customer: "acme" }]);
  });

  it("that was cut off ends by itself, and who heard of it hears that", async () => {
    const drill = await begin();
    await intoDocument(world(), drill)(lossOf(drill, defaultPolicy));
    for (; clock < drill.until; clock += 10 * second) await turn();
    expect(operator.letters.map(({ event }) => event.kind)).toEqual(["opened"]);
    await turn();
    await turn();
    expect(operator.letters.map(({ event }) => event.kind)).toEqual(["opened", "gone"]);
    expect(operator.letters[1]?.subject).toMatch(/^\[DRILL\] .*Cut off/);
    expect((await presentDrill(embedded.store))?.endedAt).toBeGreaterThanOrEqual(drill.until);
    expect(await beginDrill(world(), "acme", minute)).toMatchObject({ kind: "begun" });
  });

  it("that was interrupted is ended at once", async () => {
    const stop = new AbortController();
    const report = await play({
      signal: stop.signal,
      async work() {
        await turn();
        if (operator.letters.length > 0) stop.abort();
      },
    });
    expect(report.failure).toBe("it was interrupted");
    await turn();
    expect(operator.letters.map(({ event }) => event.kind)).toEqual(["opened", "gone"]);
  });

  it("takes a result that is delivered twice once, and one of a drill that is over not at all", async () => {
    const drill = await begin();
    const [first] = lossOf(drill, defaultPolicy);
    if (first === undefined) throw new Error("no results");
    await judgeDrill(first.results, world());
    const once = await embedded.store.state.cause("cleartext", drill.subject);
    await judgeDrill(first.results, world());
    expect(await embedded.store.state.cause("cleartext", drill.subject)).toEqual(once);
    clock = drill.until;
    await drillTick(world());
    await judgeDrill({ ...first.results, round: 1 }, world());
    expect((await presentDrill(embedded.store))?.judged).toHaveLength(1);
  });
});
