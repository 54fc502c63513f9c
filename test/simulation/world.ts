/**
 * The steps in a world of one history: servers, queues, schedules, mailboxes and people, over a store in memory. As on AWS
 * (`lambda`) or in one process (`single`). Longer than other files, since all of it changes one and the same state.
 */

import type { Cause } from "../../lib/model/incident.ts";
import type { ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import type { Slice } from "../../lib/model/roster.ts";
import type { DelayedJob } from "../../lib/steps/plan.ts";
import { channelOf, logOf, type Mailbox } from "./channels.ts";
import { gate } from "./crowd.ts";
import {
  contactName,
  type Evidence,
  type Hearing,
  hear,
  type Look,
  type Mode,
  nightName,
  noEvidence,
  phoneName,
  type Second,
  secondName,
} from "./evidence.ts";
import { type Disturbance, every, type Happening, minute, second } from "./happenings.ts";
import type { History } from "./history.ts";
import type { Machinery } from "./machinery.ts";
import { createMemoryStore } from "./memory-store.ts";
import { createAwaits, createHost, type Fate, type Host } from "./process.ts";
import { quietIn, spansOf } from "./quiet.ts";
import { createRandom } from "./random.ts";
import { createRingState, mailboxName } from "./ring.ts";
import {
  acme,
  answerOf,
  entryOf,
  placesOf,
  type Shared,
  secondAfterMs,
  sliceOf,
  subjectOf,
  vantageName,
} from "./servers.ts";
import { createTimeline } from "./timeline.ts";

/** A whole cycle's beginning, long after 1970. */
export const start = Math.floor(Date.UTC(2026, 10, 25, 12) / every) * every;
const firstCycle = start / every;

/** When an SQS message whose handler failed, or died, is delivered again. */
const redeliveredAfter = { failed: minute, died: 2 * minute };
const restartAfter = 10 * second;
/** So long the operator looks into what the breaker holds. */
const longestLook = 20 * minute;

interface Server {
  mode: Mode;
  /** Every n-th connection is in clear; 0: none. */
  flaky: number;
  connections: number;
  readonly ways: readonly Way[];
}

/** To one server from one vantage. */
interface Way {
  /** It looks so whatever the server does; null: as the server is. */
  mode: Mode | null;
  /** What the judge remembers of it; null: nobody knows. */
  delivered: Mode | null;
  /** Of the looks that were judged, the last one's time. */
  latest: number;
}

export interface World {
  readonly evidence: Evidence;
  now(): number;
  /** Something happens, now. */
  happen(what: Happening): void;
  /** Lets `ms` pass. */
  pass(ms: number): Promise<void>;
  /** From now on nothing dies, fails or is disturbed. */
  calm(): void;
  /** Results that are still on their way, or wait to be delivered again. */
  underWay(): number;
  /** All servers answer well from now on. */
  mend(): void;
  causes(): readonly Cause[];
  awaits(): number;
  /** The numbers of awaits that asked the store without changing anything. */
  reads(): ReadonlySet<number>;
}

/** A process dies at its await of this number. */
export interface CrashAt {
  readonly number: number;
  readonly after: boolean;
}

export function createWorld(history: History, machinery: Machinery, crashAt: CrashAt | null = null): World {
  const { mode, isFresh, quiet, ring } = history;
  const random = createRandom(history.seed + 1);
  const timeline = createTimeline(start);
  const { now } = timeline;
  const boxes = Array.from({ length: history.channels }, (_, index): Mailbox => {
    const isContact = index > 0 && index === history.channels - 1;
    return { name: isContact ? contactName : `box${index}`, troubles: [] };
  });
  // The last mailbox is the customer's contact, where there is more than one.
  const contact = boxes.find(({ name }) => name === contactName);
  const boss: Mailbox | null = history.hasSecond ? { name: secondName, troubles: [] } : null;
  const phone: Mailbox | null = history.hasPhone ? { name: phoneName, claimsFirst: true, troubles: [] } : null;
  const operators = [...boxes.filter((box) => box !== contact), ...(phone === null ? [] : [phone])];
  const night: Mailbox | null = history.nightAfterMs === null ? null : { name: nightName, troubles: [] };
  const log: Mailbox | null = mode === "single" ? { name: "alert-log", troubles: [] } : null;
  const vantages = Array.from({ length: history.vantages }, (_, vantage) => vantageName(vantage));
  const places = placesOf(history);
  const subjects = places.map(subjectOf);
  const ringState = ring && createRingState(ring, subjects);
  const ringBoxes = new Map(
    ring?.customers
      .flatMap(({ mailboxes, second: last }) => [...mailboxes, ...(last === null ? [] : [last])])
      .map((address): [string, Mailbox] => [address, { name: mailboxName(address), troubles: [] }]),
  );
  /** Those that not every history has. */
  const others = [phone, boss, night, ...ringBoxes.values()].filter((box) => box !== null);
  const isOwn = (target: number) => target === 0 && !ring?.targets.includes(target);
  const quietPlace = quiet === null ? undefined : places[quiet.target];
  const servers = subjects.map((): Server => {
    const ways = vantages.map((): Way => ({ mode: null, delivered: null, latest: 0 }));
    return { mode: "good", flaky: 0, connections: 0, ways };
  });
  const blind = new Set<string>();
  const sighted = () => vantages.filter((vantage) => !blind.has(vantage));

  const evidence = noEvidence({
    places: new Map(places.map((place) => [subjectOf(place), place])),
    quiet: quiet && { subject: subjects[quiet.target] ?? "", spans: spansOf(quiet, start) },
    recipients: new Map(
      servers.map((_, target) => {
        const operating = operators.filter((box) => box !== phone);
        const told = isOwn(target) && contact !== undefined ? [...operating, contact] : operating;
        return [subjects[target] ?? "", [...told, ...(log === null ? [] : [log])].map(({ name }) => name)];
      }),
    ),
    vantages,
    hasPhone: phone !== null,
    seconds: secondsOf(),
    ownSubject: isOwn(0) ? (subjects[0] ?? null) : null,
    ring: ring &&
      ringState && {
        tellsShared: ring.tellsShared,
        memberships: [{ at: start, writtenAt: start, members: ringState.members() }],
      },
  });

  const gateways = places.some(({ shares }) => shares.includes(`mx:${gate}`))
    ? [{ id: gate, hosts: places.filter(({ shares }) => shares.length > 0).map(({ host }) => host), port: 25 }]
    : [];
  const store = createMemoryStore([acme], note, {
    gateways,
    ...(quietPlace && quiet && quietIn(quiet, quietPlace, start)),
  });
  const fates = new Map<number, Fate>();
  if (crashAt !== null) fates.set(crashAt.number, crashAt.after ? "dies-after" : "dies-before");
  const awaits = createAwaits(timeline, random, fateOf);
  const disturbances: Disturbance[] = [];
  /** The cycle in which each target came to the roster; null: it isn't on it. */
  let roster: readonly (number | null)[] = servers.map(() => (isFresh ? firstCycle : firstCycle - 1_000));
  let isRosterBehind = false;
  /** Of roster and ring. */
  let revision = 0;
  let puts = 0;
  for (const slice of slices()) void store.state.putSlice(slice);
  for (const subject of subjects) {
    const circle = ringState?.circleOf(subject);
    if (circle !== undefined) void store.state.putCircle(subject, circle);
  }
  if (ringState !== null) void store.state.putDocument("circles", { value: true, version: 0 });
  for (const [index, { name }] of boxes.entries()) {
    const tokens = history.tokens[index] ?? 0;
    if (tokens < 10) evidence.hindered.add(name);
    void store.state.putDocument(`bucket ${name}`, { value: { tokens, at: start }, version: 0 });
  }

  const onTheWay = new Set<{ readonly host: Host | null }>();
  let single = startSingle();
  schedulePlan(firstCycle);

  function secondsOf(): readonly Second[] {
    const own = new Set(subjects.filter((_, target) => isOwn(target)));
    const shared = new Set(ring?.tellsShared ? ring.targets.map((target) => subjects[target] ?? "") : []);
    return [
      ...(boss === null ? [] : [{ name: boss.name, afterMs: secondAfterMs, subjects: own }]),
      ...(night === null ? [] : [{ name: night.name, afterMs: history.nightAfterMs ?? 0, subjects: null }]),
      ...(ring?.customers ?? []).flatMap(({ second: last }) =>
        last === null ? [] : [{ name: mailboxName(last), afterMs: secondAfterMs, subjects: shared }],
      ),
    ];
  }

  // What really happened

  function fateOf(host: Host, what: string, number: number): Fate {
    const fate = fates.get(number);
    if (fate === undefined) return "well";
    fates.delete(number);
    const isStore = !/^(box|contact|alert-log)/.test(what);
    if (fate.startsWith("fails") && !isStore) return "well";
    if (fate.startsWith("dies")) evidence.crashes++;
    else if (host.name === "notify" || mode === "single") evidence.outages++;
    return fate;
  }

  function note(before: Cause | null, after: Cause): void {
    const known = new Set(before?.outbox.map(({ alert }) => alert.id));
    for (const { alert, digest, sentTo } of after.outbox) {
      if (!known.has(alert.id)) evidence.claims.push({ alert, writtenAt: now(), isDigest: digest !== null });
      if (sentTo.includes(phoneName)) evidence.claimed.push({ id: alert.id, at: now() });
    }
    const was = before?.incident;
    const isOther = was !== undefined && was !== null && was.id !== after.incident?.id;
    const { class: cls, subject, folded, incident } = after;
    if (folded !== null && incident !== null && (before?.folded ?? null) === null) {
      evidence.folds.push({ incident: incident.id, class: cls, subject, parent: folded, at: now() });
    }
    if (isOther && was.endedAt === null) evidence.breaches.push(`${was.id} was forgotten while it was open`);
  }

  function slices(): readonly Slice[] {
    return vantages.map((vantage, number) => {
      const entries = places.map((place, slot) => {
        const since = roster[slot] ?? null;
        if (since === null) return null;
        const shared: Shared | null = isOwn(slot) ? null : (ringState?.behind(slot) ?? { customers: 3 });
        return entryOf(place, slot, since, { vantage: number, vantages: vantages.length, shared });
      });
      return { number: sliceOf(number), vantage, entries };
    });
  }

  function wayOf({ subject, vantage }: Look): Way | undefined {
    return servers[subjects.indexOf(subject)]?.ways[vantages.indexOf(vantage)];
  }

  // Processes

  function startSingle(): Host {
    return createHost("single", () => {
      timeline.at(now() + restartAfter, () => {
        single = startSingle();
        judging.clear();
        notifying = null;
        isTakenOver = false;
        planCycle(Math.floor(now() / every));
        scheduleTick();
      });
    });
  }

  /** One step, in the process that it runs in; `failed` is called where it failed or died. */
  function run(
    name: string,
    work: (host: Host) => Promise<void>,
    failed: (died: boolean) => void = () => {},
  ): Promise<void> {
    const host = mode === "single" ? single : createHost(name, () => failed(true));
    if (!host.isAlive()) return Promise.resolve();
    return work(host).catch((error: unknown) => {
      if (!(error instanceof Error) || !["Outage", "Contended"].includes(error.name)) throw error;
      failed(false);
    });
  }

  const storeOf = (host: Host) => machinery.through(awaits.storeOf(store, host));
  const judged = (host: Host) => {
    return { store: storeOf(host), now, policy: machinery.policy, everyMs: every, sighted: sighted() };
  };

  function schedulePlan(cycle: number): void {
    timeline.at(cycle * every + (mode === "lambda" ? random.int(0, 5 * second) : 0), () => {
      schedulePlan(cycle + 1);
      planCycle(cycle);
    });
  }

  /** On AWS the roster is looked after beside the plan, in one process before it. */
  function planCycle(cycle: number): void {
    const resolved = run("resolve", async (host) => {
      if (isRosterBehind) await putSlices(host);
      await machinery.judgeGone([], cycle, judged(host));
    });
    const plan = () =>
      run("plan", async (host) => {
        enqueue(host, (await machinery.plan({ store: storeOf(host), now }, cycle, every)).jobs);
      });
    void (mode === "lambda" ? plan() : resolved.then(plan));
  }

  function enqueue(host: Host, jobs: readonly DelayedJob[]): void {
    for (const { job, delayMs } of jobs) {
      const token = setOff(host);
      timeline.at(now() + delayMs + random.int(10, 1_500), () => {
        onTheWay.delete(token);
        if (mode === "lambda" || host.isAlive()) probe(host, job);
      });
    }
  }

  function probe(host: Host, job: ProbeJob): void {
    const looks: Look[] = [];
    const answers = job.tasks.flatMap((task) => {
      const subject = subjectOf(task.target);
      const server = servers[subjects.indexOf(subject)];
      if (server === undefined) return [];
      const isPlain = server.flaky > 0 && ++server.connections % server.flaky === 0;
      const way = server.ways[vantages.indexOf(job.vantage)]?.mode;
      const shown = blind.has(job.vantage) ? "silent" : (way ?? (isPlain ? "plain" : server.mode));
      const answer = answerOf(task, shown, now(), job.vantage);
      const { cycle, round } = job;
      const isSame = answer.kind === "same";
      const { vantage } = job;
      const look: Look = { subject, vantage, at: now(), cycle, round, mode: shown, isSame };
      looks.push(look);
      evidence.looks.push(look);
      return [answer];
    });
    const { cycle, slice, vantage, round } = job;
    const results: ProbeResults = { v: 1, cycle, slice, vantage, round, part: 0, answers };
    const slow = looks.some(({ mode: shown }) => shown === "silent") ? 10 * second : random.int(100, 2_000);
    const how = disturbances.shift();
    if (how === "lost") return;
    if (how === "twice") bring(host, results, looks, slow + random.int(0, 3 * minute));
    const delays = { late: random.int(0, 2 * minute), "much-later": random.int(0, 3 * every), twice: 0 };
    bring(host, results, looks, slow + (how === undefined ? 0 : delays[how]));
  }

  function bring(host: Host, results: ProbeResults, looks: readonly Look[], delayMs: number): void {
    const token = setOff(host);
    timeline.at(now() + delayMs, () => {
      if (mode === "single") return judgeInTurn(host, results, looks, () => onTheWay.delete(token));
      onTheWay.delete(token);
      judgeAlone(results, looks);
    });
  }

  /** Something waits in a queue: of this process, or of nobody's. */
  function setOff(host: Host) {
    const token = { host: mode === "single" ? host : null };
    onTheWay.add(token);
    return token;
  }

  /** Answers when the first message may leave that came to be owed, ms from now; null: none did. */
  async function judge(host: Host, results: ProbeResults, looks: readonly Look[]): Promise<number | null> {
    const hearings = looks.map((look): Hearing => {
      const way = wayOf(look);
      const isStale = look.isSame && way?.delivered !== look.mode;
      // Until it ends nobody knows what is remembered.
      if (way && !isStale) way.delivered = null;
      return { look, begin: now(), end: null, isStale, mayVote: !blind.has(look.vantage) };
    });
    for (const hearing of hearings) hear(evidence, hearing);
    const { jobs, tellsIn } = await machinery.judge(results, judged(host));
    for (const hearing of hearings) {
      hearing.end = now();
      const way = wayOf(hearing.look);
      if (!way || hearing.isStale || hearing.look.at < way.latest) continue;
      Object.assign(way, { delivered: hearing.look.mode, latest: hearing.look.at });
    }
    if (mode === "lambda" && jobs.length > 0) await awaits.ask(host, "send-jobs", () => enqueue(host, jobs));
    else enqueue(host, jobs);
    return tellsIn;
  }

  function judgeAlone(results: ProbeResults, looks: readonly Look[]): void {
    const again = (died: boolean) => {
      const token = setOff(single);
      timeline.at(now() + (died ? redeliveredAfter.died : redeliveredAfter.failed), () => {
        onTheWay.delete(token);
        judgeAlone(results, looks);
      });
    };
    void run(
      "judge",
      async (host) => {
        const tellsIn = await judge(host, results, looks);
        if (tellsIn !== null) await awaits.ask(host, "wake-notify-later", () => wakeIn(tellsIn));
        if (results.round > 0 && tellsIn !== 0) await awaits.ask(host, "wake-notify", tellAll);
      },
      again,
    );
  }

  /** By slice: one after the other. */
  const judging = new Map<number, Promise<void>>();
  function judgeInTurn(host: Host, results: ProbeResults, looks: readonly Look[], begun: () => void): void {
    if (!host.isAlive()) return;
    const turn = (judging.get(results.slice) ?? Promise.resolve()).then(async () => {
      begun();
      await run("judge", async () => void (await judge(host, results, looks)));
      tellAll();
    });
    judging.set(results.slice, turn);
  }

  /** By a message that its queue hides so long, in whole seconds. */
  function wakeIn(ms: number): void {
    timeline.at(now() + Math.ceil(ms / second) * second + random.int(10, 1_500), tellAll);
  }

  let notifying: Promise<void> | null = null;
  /** A process that is alone takes over what its dead predecessor had in hand. */
  let isTakenOver = true;
  function tellAll(): void {
    if (mode === "single" && notifying !== null) return;
    const told = run("notify", async (host) => {
      if (!isTakenOver) await machinery.releaseLeases(storeOf(host));
      isTakenOver = true;
      evidence.passes.push(now());
      const channel = (box: Mailbox) => channelOf(box, host, awaits, evidence, now);
      const { jobs } = await machinery.notify({
        store: storeOf(host),
        now,
        grouping: { policy: machinery.policy, everyMs: every },
        judgedWith: { policy: "policy", roots: "roots", build: `build ${evidence.upgrades.length}` },
        operators: operators.map(channel),
        ...(night && { secondOperators: [{ after: history.nightAfterMs ?? 0, channel: channel(night) }] }),
        tellsShared: ring?.tellsShared ?? false,
        contactChannels: ({ email, after }) => {
          const shared = ringBoxes.get(email ?? "");
          if (shared !== undefined) return [channel(shared)];
          const box = after === undefined ? contact : boss;
          return box ? [channel(box)] : [];
        },
        alertLog: log && logOf(log, host, awaits, evidence, now),
        baseUrl: null,
      });
      if (mode === "lambda" && jobs.length > 0) await awaits.ask(host, "send-jobs", () => enqueue(host, jobs));
      else enqueue(host, jobs);
    });
    notifying = told;
    void told.then(() => {
      if (notifying === told) notifying = null;
      scheduleTick();
    });
  }

  // The clock's minute on AWS, and a few seconds in one process; only where something waits for it.

  const never = Number.POSITIVE_INFINITY;
  const after = (time: number, step: number) => (Math.floor(time / step) + 1) * step;
  const tickFor = (wake: number | null) =>
    wake === null ? never : after(Math.max(wake, now()), mode === "lambda" ? minute : 2 * second);

  const ticks = new Set<number>();
  function scheduleTick(): void {
    const at = Math.min(store.isTended() ? after(now(), minute) : never, tickFor(store.earliest()));
    if (at === never) return;
    if (ticks.has(at)) return;
    ticks.add(at);
    timeline.at(at, () => {
      ticks.delete(at);
      void run("tick", async (host) => {
        enqueue(host, (await machinery.tick(judged(host))).jobs);
        tellAll();
      }).then(scheduleTick);
      // Whatever becomes of this one, the schedule goes on.
      timeline.at(at + 1, scheduleTick);
    });
  }

  /** What was cut off is done again with the next cycle, as the roster's revision has it. */
  async function putSlices(host: Host): Promise<void> {
    isRosterBehind = true;
    const [wanted, mine] = [revision, ++puts];
    const changed = slices();
    const known = evidence.ring?.memberships.at(-1);
    const put = async () => {
      for (const slice of changed) await storeOf(host).state.putSlice(slice);
    };
    if (ringState === null) await put();
    else {
      const old = await storeOf(host).state.slices();
      await machinery.keepCircles(storeOf(host), { old, changed, circleOf: ringState.circleOf }, now(), put);
    }
    // Where another began meanwhile nobody knows whose it is.
    isRosterBehind = revision !== wanted || puts !== mine;
    if (!isRosterBehind && known) known.writtenAt ??= now();
  }

  /** Who stands behind what, or is told for whom, is another from now on. */
  function ringChanged(): void {
    if (ringState === null) return;
    revision++;
    evidence.ring?.memberships.push({ at: now(), writtenAt: null, members: ringState.members() });
    putRoster(async () => {});
  }

  function putRoster(work: (host: Host) => Promise<void>): void {
    void run("resolve", async (host) => {
      await putSlices(host);
      await work(host);
    });
  }

  function drop(target: number): void {
    if (roster[target] === null) return;
    roster = roster.map((since, slot) => (slot === target ? null : since));
    revision++;
    const [key, cycle] = [subjects[target] ?? "", Math.floor(now() / every)];
    evidence.dropped.push({ subject: key, at: now() });
    const gone = vantages.map((vantage) => ({ key, vantage }));
    putRoster((host) => machinery.judgeGone(gone, cycle, judged(host)));
  }

  function setBlind(vantage: string, isBlind: boolean): void {
    if (isBlind) blind.add(vantage);
    else blind.delete(vantage);
    evidence.sights.push({ vantage, at: now(), isBlind });
  }

  function happen(what: Happening): void {
    const server = "target" in what ? servers[what.target] : undefined;
    const box = "channel" in what && what.channel !== null ? boxes[what.channel] : undefined;
    switch (what.kind) {
      case "mode":
        if (server) Object.assign(server, { mode: what.mode, flaky: 0 });
        return;
      case "path": {
        const way = server?.ways[what.vantage];
        if (way) way.mode = what.mode;
        return;
      }
      case "blind":
        // Who alone looks at something is watched by others than the judge.
        if (!what.isBlind || sighted().length > 1) setBlind(vantageName(what.vantage), what.isBlind);
        return;
      case "flaky":
        if (server) Object.assign(server, { mode: "good", flaky: what.of });
        return;
      case "disturbed":
        disturbances.push(...Array.from({ length: what.times }, () => what.how));
        return;
      case "trouble":
        for (const each of what.channel === null ? boxes : box ? [box] : []) {
          each.troubles.push(...Array.from({ length: what.times }, () => what.how));
        }
        // What befalls the last mailbox befalls those as well that not every history has.
        if (what.channel === null || what.channel === boxes.length - 1) {
          for (const each of others) each.troubles.push(...Array.from({ length: what.times }, () => what.how));
        }
        return;
      case "refuses":
        if (box) evidence.refused.add(`${box.name} ${subjects[what.target]}`);
        return;
      case "acknowledge": {
        const open = store.causes().find((cause) => cause.subject === subjects[what.target] && cause.incident !== null);
        const incident = open?.incident;
        if (!open || !incident) return;
        const { class: cls, subject } = open;
        void run("status", async (host) => {
          await machinery.acknowledge(storeOf(host), { id: incident.id, class: cls, subject }, "ada", now());
          evidence.acknowledged.push({ incident: incident.id, at: now() });
        });
        return;
      }
      case "together":
        for (const target of what.targets) Object.assign(servers[target] ?? {}, { mode: what.mode, flaky: 0 });
        return;
      case "decide":
        void run("status", async (host) => {
          const operator = { store: storeOf(host), policy: machinery.policy, now: now() };
          const hold = what.keeps
            ? await machinery.keepHold(operator, "ada", now() + longestLook)
            : await machinery.releaseHold(operator, "ada");
          if (hold !== null) evidence.decisions.push({ at: now(), keeps: what.keeps });
        });
        return;
      case "upgrade":
        evidence.upgrades.push(now());
        return;
      case "drop":
        drop(what.target);
        return;
      case "return":
        if (roster[what.target] !== null) return;
        roster = roster.map((since, slot) => (slot === what.target ? Math.floor(now() / every) : since));
        revision++;
        putRoster(async () => {});
        return;
      case "stands":
        ringState?.stand(what.customer, what.target, what.isBehind);
        ringChanged();
        return;
      case "contact":
        ringState?.setContact(what.customer, what.mailbox, what.isOne);
        ringChanged();
        return;
      case "contact-trouble": {
        const troubled = ringBoxes.get(ring?.customers[what.customer]?.mailboxes[what.mailbox] ?? "");
        troubled?.troubles.push(...Array.from({ length: what.times }, () => what.how));
        return;
      }
      case "crash":
      case "outage": {
        const number = awaits.count() + what.inAwaits;
        const verb = what.kind === "crash" ? "dies" : "fails";
        fates.set(number, `${verb}-${what.after ? "after" : "before"}`);
      }
    }
  }

  return {
    evidence,
    now,
    happen,
    async pass(ms) {
      // What the store owes wakes the clock, whoever wrote it.
      const end = now() + ms;
      while (now() < end) {
        scheduleTick();
        await timeline.runUntil(Math.min(end, now() + minute));
      }
    },
    calm() {
      fates.clear();
      disturbances.length = 0;
      for (const box of [...boxes, ...others]) box.troubles.length = 0;
    },
    underWay: () => [...onTheWay].filter(({ host }) => host?.isAlive() ?? true).length,
    mend() {
      for (const server of servers) {
        Object.assign(server, { mode: "good", flaky: 0 });
        for (const way of server.ways) way.mode = null;
      }
      for (const vantage of [...blind]) setBlind(vantage, false);
    },
    causes: store.causes,
    awaits: awaits.count,
    reads: awaits.reads,
  };
}
