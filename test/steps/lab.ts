/** A fleet without a network: servers answer as the test says, time is the test's, the store is the real one. */

import { fingerprint } from "../../lib/judge/fingerprint.ts";
import { defaultRequirement } from "../../lib/model/customer.ts";
import type { ProbeAnswer, ProbeJob, ProbeResults, ProbeTask } from "../../lib/model/jobs.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { Need, RosterEntry, Slice } from "../../lib/model/roster.ts";
import { targetKey } from "../../lib/model/target.ts";
import { judge } from "../../lib/steps/judge.ts";
import { type NotifyWorld, notify } from "../../lib/steps/notify.ts";
import { type DelayedJob, plan } from "../../lib/steps/plan.ts";
import { sightTick } from "../../lib/steps/sight-follow.ts";
import { sightedOf } from "../../lib/steps/sight-of.ts";
import { tick } from "../../lib/steps/tick.ts";
import type { Store } from "../../lib/store/store.ts";
import { fakeChannel, fakeLog } from "../fakes/channels.ts";
import { certificate, encrypted, leaf, observation } from "../judge/build.ts";

export const second = 1000;
export const minute = 60 * second;
export const every = 5 * minute;
/** A whole cycle's beginning, long after 1970. */
export const start = Math.floor(Date.UTC(2026, 10, 25, 12) / every) * every;
export const firstCycle = start / every;

export const need: Need = {
  hop: "gateway",
  require: defaultRequirement,
  customers: 3,
  customer: null,
  alarms: true,
  enforced: false,
};

export const good: Outcome = encrypted();
export const plain: Outcome = { kind: "starttls-absent", how: "absent" };
export const silent: Outcome = { kind: "no-answer", stage: "connect", silence: "timeout" };
export const showing = (sha256: string, changes: Partial<ReturnType<typeof leaf>> = {}): Outcome =>
  encrypted({}, certificate({ leaf: leaf({ sha256, notAfter: start + 400 * 86_400_000, ...changes }) }));

export function entryOf(address: string, over: Partial<RosterEntry> = {}): RosterEntry {
  return {
    target: { address, port: 25, tls: "starttls" },
    names: [{ name: "mx1.acme.example", since: firstCycle - 1000 }],
    vantage: "here",
    outside: true,
    allowPrivate: false,
    needs: [need],
    beside: [],
    since: firstCycle - 1000,
    ...over,
  };
}

export interface Lab {
  readonly now: () => number;
  readonly operator: ReturnType<typeof fakeChannel>;
  readonly log: ReturnType<typeof fakeLog>;
  /** How each server answers from now on; by address, or by address and name for a further name. */
  readonly servers: Map<string, Outcome>;
  /** Connections made: cycle, round, slot, identity. */
  readonly connections: { cycle: number; round: number; slot: number; identity: boolean }[];
  /** The process that runs from now on works on this store. */
  use(store: Store): void;
  /** How it is told, where that differs. */
  telling: Partial<NotifyWorld>;
  /** Jobs that wait in the queue: a process that dies takes them along. */
  readonly queue: (DelayedJob & { at: number })[];
  put(entries: readonly (RosterEntry | null)[]): Promise<void>;
  /** After a crash: the batch that was in hand comes again, or is lost with all that waited. */
  restart(redelivered: boolean): void;
  /** Runs the steps until `ms` have passed: a plan each interval, a tick and a pass of the outbox each `tickMs` and after each batch. */
  run(ms: number): Promise<void>;
  /** One batch, judged; its confirmations are queued. */
  judgeBatch(results: ProbeResults): Promise<void>;
  probe(job: ProbeJob): ProbeResults;
  told(): readonly string[];
}

/** `others` are slices that are looked at beside its own. */
export function createLab(
  store: Store,
  slice: number,
  policy = defaultPolicy,
  tickMs = minute,
  others: readonly number[] = [],
): Lab {
  let clock = start;
  let inUse = store;
  let planned = firstCycle - 1;
  const now = () => clock;
  const operator = fakeChannel("console");
  const log = fakeLog();
  const servers = new Map<string, Outcome>();
  const connections: Lab["connections"] = [];
  const queue: Lab["queue"] = [];
  /** When a message that came to be owed may leave. */
  const wakes: number[] = [];
  let inHand: ProbeResults | null = null;
  let toJudge: ProbeResults | null = null;

  const judging = async () => {
    return { store: inUse, now, policy, everyMs: every, sighted: await sightedOf(inUse, ["here"]) };
  };

  function enqueue(jobs: readonly DelayedJob[]): void {
    const own = jobs.filter(({ job }) => job.slice === slice || others.includes(job.slice));
    for (const job of own) queue.push({ ...job, at: clock + job.delayMs });
  }

  function answer({ slot, target, name, identity, known }: ProbeTask, job: ProbeJob): ProbeAnswer {
    connections.push({ cycle: job.cycle, round: job.round, slot, identity });
    const outcome = (identity && servers.get(`${target.address} ${name}`)) || servers.get(target.address) || good;
    const transcript = [{ at: 21, kind: "received", encrypted: false, text: "220 mx1 ESMTP" }] as const;
    const seen = observation(outcome, { target, at: clock, host: name, sni: name, transcript });
    const print = fingerprint(seen);
    const common = { slot, name, identity };
    if (!identity && print === known) return { ...common, kind: "same", at: clock, fingerprint: print };
    return { ...common, kind: "seen", observation: seen, fingerprint: print };
  }

  const lab: Lab = {
    now,
    operator,
    log,
    servers,
    connections,
    queue,
    telling: {},
    use: (next) => {
      inUse = next;
    },
    async put(entries) {
      const roster: Slice = { number: slice, vantage: "here", entries };
      await store.state.putSlice(roster);
    },
    async run(ms) {
      const end = clock + ms;
      while (clock < end) {
        if (toJudge !== null) await lab.judgeBatch(toJudge);
        toJudge = null;
        const cycle = Math.floor(clock / every);
        if (cycle > planned) {
          planned = cycle;
          enqueue((await plan({ store: inUse, now }, cycle, every)).jobs);
        }
        for (const due of queue.filter(({ at }) => at <= clock)) {
          queue.splice(queue.indexOf(due), 1);
          inHand = lab.probe(due.job);
          await lab.judgeBatch(inHand);
          inHand = null;
        }
        const world = await judging();
        enqueue(await sightTick(world));
        enqueue((await tick(world)).jobs);
        const contactChannels = () => [];
        const telling = {
          store: inUse,
          now,
          grouping: { policy, everyMs: every },
          operators: [operator],
          contactChannels,
          alertLog: log,
          baseUrl: null,
          ...lab.telling,
        };
        enqueue((await notify(telling)).jobs);
        const nextTick = (Math.floor(clock / tickMs) + 1) * tickMs;
        clock = Math.min(end, nextTick, ...queue.map(({ at }) => at), ...wakes.filter((at) => at > clock));
      }
    },
    restart(redelivered) {
      if (redelivered) toJudge = inHand;
      else queue.length = 0;
      inHand = null;
    },
    async judgeBatch(results) {
      const { jobs, tellsIn } = await judge(results, await judging());
      enqueue(jobs);
      if (tellsIn !== null) wakes.push(clock + tellsIn);
    },
    probe({ cycle, slice: number, vantage, round, tasks, ...rest }) {
      const answers = tasks.map((task) => answer(task, { cycle, slice: number, vantage, round, tasks, ...rest }));
      return { v: 1, cycle, slice: number, vantage, round, part: 0, answers };
    },
    told: () => log.lines.map(({ kind, class: cls, subject }) => `${kind} ${cls} ${subject}`),
  };
  return lab;
}

export const keyOf = (address: string): string => targetKey(entryOf(address).target);
