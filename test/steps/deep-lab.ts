/** A fleet on loopback whose scans are gone through cycle by cycle: real servers, the real store, the test's time. */

import { defaultSettings } from "../../lib/model/customer.ts";
import type { DelayedScan, ScanSettings } from "../../lib/model/deep-scan.ts";
import { defaultPolicy } from "../../lib/model/policy.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { type TargetKey, targetKey } from "../../lib/model/target.ts";
import { createTlsKit } from "../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../lib/protocols/x509/roots.ts";
import { deepProbe } from "../../lib/steps/deep-probe.ts";
import { judge } from "../../lib/steps/judge.ts";
import { judgeScans } from "../../lib/steps/judge-scan.ts";
import { createLanes } from "../../lib/steps/lanes.ts";
import { createPacer } from "../../lib/steps/pacer.ts";
import { plan } from "../../lib/steps/plan.ts";
import { probe } from "../../lib/steps/probe.ts";
import { keepScanSettings } from "../../lib/steps/scan-settings.ts";
import type { Store } from "../../lib/store/store.ts";
import { createDialler } from "../../lib/world/dialler.ts";
import { entryOf, every, firstCycle, start } from "./lab.ts";

export interface DeepLab {
  readonly now: () => number;
  /** One whole cycle: light probes, then the turns of scans. Answers those. */
  cycle(): Promise<readonly DelayedScan[]>;
  cycles(count: number): Promise<number>;
  /** Until the target's scan is at its end, in so many cycles at most; answers how many it took. */
  untilScanned(key: TargetKey, most?: number): Promise<number>;
  /** Between one connection of a scan and the next, ms, as far as the pacer was asked to wait. */
  readonly waits: readonly number[];
}

export const onLoopback = (port: number, over: Partial<RosterEntry> = {}): RosterEntry =>
  entryOf("127.0.0.1", {
    target: { address: "127.0.0.1", port, tls: "starttls" },
    names: [{ name: "mx.example", since: firstCycle - 1000 }],
    allowPrivate: true,
    ...over,
  });

export async function createDeepLab(
  store: Store,
  entries: readonly RosterEntry[],
  settings: Partial<ScanSettings> = {},
): Promise<DeepLab> {
  let clock = start;
  let number = firstCycle - 1;
  const waits: number[] = [];
  const now = () => clock;
  const monotonic = () => clock;
  const common = {
    dial: createDialler({}),
    clock: { now, monotonic },
    lanes: createLanes(),
    ehloName: "probe.example",
    timeoutMs: 3_000,
  };
  const tls = createTlsKit(loadRoots());
  const pacer = createPacer({
    monotonic,
    sleep: async (ms) => {
      waits.push(ms);
      clock += ms;
    },
  });
  const judging = { store, now, policy: defaultPolicy, everyMs: every, sighted: ["here"] };
  await keepScanSettings(store, { ...defaultSettings, scan: settings });
  await store.state.putSlice({ number: 1, vantage: "here", entries });

  async function cycle() {
    number += 1;
    clock = Math.max(clock, number * every);
    const { jobs, scans } = await plan({ store, now }, number, every);
    for (const { job } of jobs)
      for (const results of await probe(job, { ...common, tls })) await judge(results, judging);
    clock = Math.max(clock, number * every + every / 2);
    for (const { job } of scans) {
      for (const results of await deepProbe(job, { ...common, pacer })) {
        // Through the queue, and delivered twice.
        const delivered = JSON.parse(JSON.stringify(results)) as typeof results;
        await judgeScans(delivered, { store, now });
        await judgeScans(delivered, { store, now });
      }
    }
    return scans;
  }

  return {
    now,
    waits,
    cycle,
    async cycles(count) {
      let tasks = 0;
      for (let at = 0; at < count; at++) for (const { job } of await cycle()) tasks += job.tasks.length;
      return tasks;
    },
    async untilScanned(key, most = 100) {
      const slot = entries.findIndex(({ target }) => targetKey(target) === key);
      for (let taken = 1; taken <= most; taken++) {
        await cycle();
        const scan = (await store.state.memory(1)).value[slot]?.scan;
        if (scan !== undefined && !scan.running && scan.notBefore <= clock) return taken;
      }
      throw new Error(`not scanned after ${most} cycles`);
    },
  };
}
