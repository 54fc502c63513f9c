/** The steps over one store, with this process's own eyes: what the Lambdas and their environment do on AWS. */

import { setTimeout as sleep } from "node:timers/promises";
import { defaultVantage } from "../model/customer.ts";
import type { ScanChange } from "../model/deep-scan.ts";
import type { ProbeResults } from "../model/jobs.ts";
import { defaultPolicy } from "../model/policy.ts";
import type { AlertLog, Channel, Dialler, Resolver } from "../model/ports.ts";
import type { ProbeClock } from "../protocols/smtp/probe.ts";
import type { TlsKit } from "../protocols/tls/kit.ts";
import { drillTick } from "../steps/drill/judge.ts";
import { judge } from "../steps/judge.ts";
import { judgeGone } from "../steps/judge-gone.ts";
import { createLanes } from "../steps/lanes.ts";
import { type NotifyReport, notify } from "../steps/notify.ts";
import { createPacer } from "../steps/pacer.ts";
import { type DelayedJob, plan } from "../steps/plan.ts";
import { probe } from "../steps/probe.ts";
import { releaseLeases } from "../steps/release.ts";
import { type ResolveReport, resolve } from "../steps/resolve.ts";
import { sightTick } from "../steps/sight-follow.ts";
import { sightedOf } from "../steps/sight-of.ts";
import { tellTest } from "../steps/tell-test.ts";
import { tellWeek } from "../steps/tell-week.ts";
import { tick } from "../steps/tick.ts";
import type { Store } from "../store/store.ts";
import type { Texter } from "../world/channels/phones.ts";
import { createDialler } from "../world/dialler.ts";
import type { Steps } from "./engine.ts";
import { tellingWorld } from "./telling.ts";

export interface LocalWorld {
  readonly store: Store;
  readonly resolver: Resolver;
  /** Another server's word on what a name lost; null where there is none. */
  readonly second?: Resolver | null;
  readonly tls: TlsKit;
  readonly clock: ProbeClock;
  readonly ehloName: string;
  readonly timeoutMs: number;
  readonly everyMs: number;
  /** Told of everything, beside the channels of the settings. */
  readonly operators: readonly Channel[];
  /** How contacts' phones are reached; asked for when the first message may be owed. Left out: they aren't. */
  readonly texter?: () => Promise<Texter | null>;
  readonly alertLog: AlertLog | null;
  readonly baseUrl: string;
  /** Of this program. */
  readonly version: string;
  /** Hears what each step did; for the terminal. */
  readonly listener: StepListener;
}

export interface StepListener {
  resolved(report: ResolveReport): void;
  planned(jobs: readonly DelayedJob[]): void;
  probed(results: ProbeResults): void;
  /** Looks that are made again to be sure. */
  doubted(jobs: readonly DelayedJob[]): void;
  /** A scan found something else than the one before. */
  scanned(change: ScanChange): void;
  told(report: NotifyReport): void;
}

const expireEveryMs = 60_000;
/** A job of scans waits here for nobody but itself. */
const holdMs = 120_000;

export function composeSteps(world: LocalWorld): Steps {
  const { store, clock, everyMs, listener } = world;
  const { now } = clock;
  const diallers = new Map<string | null, Dialler>();
  const lanes = createLanes();
  const pacer = createPacer({ monotonic: clock.monotonic, sleep: (ms) => sleep(ms, undefined, { ref: false }) });
  let expiredAt = now();
  let isTakenOver = false;

  function diallerOf(sourceAddress: string | null): Dialler {
    const known = diallers.get(sourceAddress) ?? createDialler({ sourceAddress });
    diallers.set(sourceAddress, known);
    return known;
  }

  /** Null: there is no such vantage any more. */
  async function diallerAt(id: string): Promise<Dialler | null> {
    const { vantages } = await store.config.settings();
    const vantage = vantages.find((each) => each.id === id);
    if (vantage === undefined && id !== defaultVantage) return null;
    return diallerOf(vantage?.sourceAddress ?? null);
  }

  // Settings are read anew each time: an import beside the running process changes them.
  async function judging() {
    const { policy, vantages } = await store.config.settings();
    const sighted = await sightedOf(store, [defaultVantage, ...vantages.map(({ id }) => id)]);
    return { store, now, everyMs, policy: { ...defaultPolicy, ...policy }, sighted };
  }

  return {
    async resolve(cycle) {
      const report = await resolve(
        { store, resolver: world.resolver, second: world.second ?? null, now },
        cycle,
        everyMs,
      );
      await judgeGone(report.gone, cycle, await judging());
      listener.resolved(report);
    },
    async plan(cycle) {
      const { jobs, scans } = await plan({ store, now, holdMs }, cycle, everyMs);
      listener.planned(jobs);
      return { jobs, scans };
    },
    async probe(job) {
      const dial = await diallerAt(job.vantage);
      if (dial === null) return [];
      const { tls, ehloName, timeoutMs } = world;
      return probe(job, { dial, tls, clock, lanes, ehloName, timeoutMs });
    },
    async scan(job) {
      const dial = await diallerAt(job.vantage);
      if (dial === null) return;
      const { ehloName, timeoutMs } = world;
      // Only who scans loads what it takes.
      const [{ deepProbe }, { judgeScans }] = await Promise.all([
        import("../steps/deep-probe.ts"),
        import("../steps/judge-scan.ts"),
      ]);
      for (const results of await deepProbe(job, { dial, clock, lanes, pacer, ehloName, timeoutMs })) {
        for (const change of await judgeScans(results, { store, now })) listener.scanned(change);
      }
    },
    async judge(results) {
      listener.probed(results);
      const { jobs } = await judge(results, await judging());
      if (jobs.length > 0) listener.doubted(jobs);
      return jobs;
    },
    async tick() {
      if (now() - expiredAt >= expireEveryMs) {
        expiredAt = now();
        await store.ledger.expire(now());
      }
      const world = await judging();
      await drillTick(world);
      return [...(await sightTick(world)), ...(await tick(world)).jobs];
    },
    async notify() {
      // The data directory is this process's alone: who held a lease before it is dead.
      if (!isTakenOver) await releaseLeases(store);
      isTakenOver = true;
      const { operators, alertLog, baseUrl } = world;
      const { pems: roots, digest } = world.tls.roots;
      const judgedWith = { roots: digest, build: world.version };
      const texter = (await world.texter?.()) ?? null;
      const from = { store, now, roots, operators, texter, alertLog, baseUrl, everyMs, judgedWith };
      const telling = await tellingWorld(from);
      const report = await notify(telling);
      listener.told(report);
      await tellWeek({ ...telling, everyMs });
      await tellTest(telling);
      return report.jobs;
    },
  };
}
