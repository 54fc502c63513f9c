/** The schedule of one process: what EventBridge and SQS do on AWS, timers and promises do here. */

import type { ScanJob } from "../model/deep-scan.ts";
import type { CycleNumber, ProbeJob, ProbeResults } from "../model/jobs.ts";
import type { Clock } from "../model/ports.ts";
import type { DelayedJob, PlanReport } from "../steps/plan.ts";

type Planned = Pick<PlanReport, "jobs" | "scans">;

/** The steps, each with its world already in its hands. */
export interface Steps {
  resolve(cycle: CycleNumber): Promise<void>;
  plan(cycle: CycleNumber): Promise<Planned>;
  probe(job: ProbeJob): Promise<readonly ProbeResults[]>;
  /** The next questions of scans, asked and judged. */
  scan(job: ScanJob): Promise<void>;
  /** Answers the confirmation looks it wants. */
  judge(results: ProbeResults): Promise<readonly DelayedJob[]>;
  /** What only the clock brings; answers looks that a crash swallowed. */
  tick(): Promise<readonly DelayedJob[]>;
  /** Answers the looks that have to bear out a message before it leaves. */
  notify(): Promise<readonly DelayedJob[]>;
}

export interface EngineOptions {
  readonly everyMs: number;
  readonly tickMs: number;
  readonly now: Clock;
  /** A step failed: told, and the others go on. */
  readonly failed: (step: string, error: unknown) => void;
}

export interface Engine {
  /** Begins no more, and waits for what is under way, at most `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

export function startEngine(steps: Steps, { everyMs, tickMs, now, failed }: EngineOptions): Engine {
  const timers = new Set<NodeJS.Timeout>();
  const underWay = new Set<Promise<void>>();
  /** Results of one slice are judged one after the other: the second needs what the first wrote. */
  const judging = new Map<number, Promise<void>>();
  let notifying: Promise<void> | null = null;
  let stopped = false;
  /** Nobody waits any more: the store may be closed, and what fails now is nobody's news. */
  let abandoned = false;

  function begin(step: string, work: () => Promise<void>): Promise<void> {
    if (abandoned) return Promise.resolve();
    const done = work()
      .catch((error: unknown) => {
        if (!abandoned) failed(step, error);
      })
      .finally(() => underWay.delete(done));
    underWay.add(done);
    return done;
  }

  function after(delayMs: number, work: () => void): void {
    if (stopped) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delayMs);
    timers.add(timer);
  }

  function queue(jobs: readonly DelayedJob[]): void {
    for (const { job, delayMs } of jobs) after(delayMs, () => void begin("probe", () => look(job)));
  }

  async function look(job: ProbeJob): Promise<void> {
    for (const results of await steps.probe(job)) {
      const turn = (judging.get(results.slice) ?? Promise.resolve()).then(() =>
        begin("judge", async () => queue(await steps.judge(results))),
      );
      judging.set(results.slice, turn);
      await turn;
      if (judging.get(results.slice) === turn) judging.delete(results.slice);
    }
    await tell();
  }

  /** One sender at a time; whoever comes meanwhile shares its end, and the next tick finds what it missed. */
  function tell(): Promise<void> {
    notifying ??= begin("notify", async () => queue(await steps.notify())).finally(() => {
      notifying = null;
    });
    return notifying;
  }

  async function cycle(number: CycleNumber): Promise<void> {
    await begin("resolve", () => steps.resolve(number));
    if (stopped) return;
    await begin("plan", async () => {
      const { jobs, scans } = await steps.plan(number);
      queue(jobs);
      for (const { job, delayMs } of scans) after(delayMs, () => void begin("scan", () => steps.scan(job)));
    });
    const next = Math.max(number + 1, Math.floor(now() / everyMs));
    const waitMs = Math.max(0, next * everyMs - now());
    // The clock may be set back meanwhile, or have been.
    after(Math.min(everyMs, waitMs), () => void cycle(now() < number * everyMs ? Math.floor(now() / everyMs) : next));
  }

  async function tick(): Promise<void> {
    await begin("tick", async () => queue(await steps.tick()));
    if (stopped) return;
    await tell();
    after(tickMs, () => void tick());
  }

  void cycle(Math.floor(now() / everyMs));
  after(tickMs, () => void tick());

  return {
    async stop(graceMs) {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
      let grace: NodeJS.Timeout | undefined;
      const over = new Promise<void>((resolve) => {
        grace = setTimeout(resolve, graceMs);
      });
      // A look that is under way goes on to its judgement and its messages.
      await Promise.race([Promise.allSettled(underWay), over]);
      clearTimeout(grace);
      abandoned = true;
    },
  };
}
