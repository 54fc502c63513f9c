import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Engine, type Steps, startEngine } from "../../lib/local/engine.ts";
import type { ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";

const job = (over: Partial<ProbeJob> = {}): ProbeJob => ({
  v: 1,
  cycle: 0,
  slice: 0,
  vantage: "here",
  round: 0,
  notAfter: Number.POSITIVE_INFINITY,
  tasks: [],
  ...over,
});

const resultsOf = ({ cycle, slice, vantage, round }: ProbeJob): ProbeResults => ({
  v: 1,
  cycle,
  slice,
  vantage,
  round,
  part: 0,
  answers: [],
});

describe("the schedule of one process", () => {
  const story: string[] = [];
  const failures: string[] = [];
  let engine: Engine | undefined;

  const steps = (over: Partial<Steps> = {}): Steps => ({
    resolve: async (cycle) => void story.push(`resolve ${cycle}`),
    plan: async (cycle) => {
      story.push(`plan ${cycle}`);
      return { jobs: [{ job: job({ cycle }), delayMs: 1_000 }], scans: [] };
    },
    scan: async ({ cycle }) => void story.push(`scan ${cycle}`),
    probe: async (asked) => {
      story.push(`probe ${asked.cycle}.${asked.round}`);
      return [resultsOf(asked)];
    },
    judge: async (results) => {
      story.push(`judge ${results.cycle}.${results.round}`);
      return [];
    },
    tick: async () => [],
    notify: async () => [],
    ...over,
  });

  const start = (made: Steps): void => {
    engine = startEngine(made, {
      everyMs: 10_000,
      tickMs: 1_000,
      now: () => Date.now(),
      failed: (step, error) => failures.push(`${step}: ${(error as Error).message}`),
    });
  };

  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_003_000 });
    story.length = 0;
    failures.length = 0;
  });
  afterEach(async () => {
    const stopped = engine?.stop(10);
    await vi.advanceTimersByTimeAsync(20);
    await stopped;
    vi.useRealTimers();
  });

  it("looks at once, and then at each multiple of the interval", async () => {
    start(steps());
    await vi.advanceTimersByTimeAsync(0);
    expect(story).toEqual(["resolve 100000", "plan 100000"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(story.slice(2)).toEqual(["probe 100000.0", "judge 100000.0"]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(story.slice(4)).toEqual(["resolve 100001", "plan 100001"]);
  });

  it("goes on looking when the clock is set back", async () => {
    start(steps());
    await vi.advanceTimersByTimeAsync(8_000);
    vi.setSystemTime(Date.now() - 7_200_000);
    story.length = 0;
    await vi.advanceTimersByTimeAsync(30_000);
    const [first] = story.flatMap((line) => /^plan (\d+)/.exec(line)?.[1] ?? []).map(Number);
    expect(first).toBeLessThanOrEqual(100_001 - 719);
    expect(story.filter((line) => line.startsWith("plan "))).toHaveLength(3);
  });

  it("makes the confirmation looks that judge asks for, after their delays", async () => {
    start(
      steps({
        judge: async (results) => {
          story.push(`judge ${results.cycle}.${results.round}`);
          return results.round === 0 ? [{ job: job({ cycle: results.cycle, round: 1 }), delayMs: 2_000 }] : [];
        },
      }),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(story.at(-1)).toBe("judge 100000.0");
    await vi.advanceTimersByTimeAsync(1_999);
    expect(story.at(-1)).toBe("judge 100000.0");
    await vi.advanceTimersByTimeAsync(1);
    expect(story.slice(-2)).toEqual(["probe 100000.1", "judge 100000.1"]);
  });

  it("goes on with everything else when a step fails, and says which", async () => {
    start(steps({ resolve: async () => Promise.reject(new Error("no store")) }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(failures).toEqual(["resolve: no store"]);
    expect(story).toContain("judge 100000.0");
  });

  it("judges results of one slice one after the other", async () => {
    let open = 0;
    let most = 0;
    start(
      steps({
        plan: async (cycle) => ({
          jobs: [
            { job: job({ cycle }), delayMs: 0 },
            { job: job({ cycle, round: 1 }), delayMs: 0 },
          ],
          scans: [],
        }),
        judge: async () => {
          most = Math.max(most, ++open);
          await new Promise((resolve) => setTimeout(resolve, 100));
          open--;
          return [];
        },
      }),
    );
    await vi.advanceTimersByTimeAsync(500);
    expect(most).toBe(1);
  });

  it("never runs two senders at once", async () => {
    let open = 0;
    let most = 0;
    start(
      steps({
        notify: async () => {
          most = Math.max(most, ++open);
          await new Promise((resolve) => setTimeout(resolve, 2_500));
          open--;
          return [];
        },
      }),
    );
    await vi.advanceTimersByTimeAsync(9_000);
    expect(most).toBe(1);
  });

  it("takes a look that is under way to its judgement before it stops", async () => {
    const slow = async (asked: ProbeJob) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return [resultsOf(asked)];
    };
    const told = async () => {
      story.push("notify");
      return [];
    };
    start(steps({ probe: slow, notify: told }));
    await vi.advanceTimersByTimeAsync(1_200);
    let isStopped = false;
    const stopping = engine?.stop(2_000).then(() => {
      isStopped = true;
    });
    await vi.advanceTimersByTimeAsync(200);
    expect(isStopped).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    await stopping;
    expect(isStopped).toBe(true);
    expect(story.slice(-2)).toEqual(["judge 100000.0", "notify"]);
  });

  it("says nothing of what goes on when the grace is over", async () => {
    const endless = async (asked: ProbeJob) => {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      return [resultsOf(asked)];
    };
    const closedStore = async () => Promise.reject(new Error("connect ECONNREFUSED"));
    start(steps({ probe: endless, judge: closedStore, notify: closedStore }));
    await vi.advanceTimersByTimeAsync(990);
    failures.length = 0;
    await vi.advanceTimersByTimeAsync(60);
    const stopping = engine?.stop(100);
    await vi.advanceTimersByTimeAsync(100);
    await stopping;
    failures.length = 0;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(failures).toEqual([]);
  });

  it("plans nothing when it is stopped while it resolves", async () => {
    start(steps({ resolve: () => new Promise((resolve) => setTimeout(resolve, 500)) }));
    await vi.advanceTimersByTimeAsync(100);
    const stopping = engine?.stop(2_000);
    await vi.advanceTimersByTimeAsync(10_000);
    await stopping;
    expect(story).toEqual([]);
  });

  it("begins nothing after it was stopped", async () => {
    start(steps());
    await vi.advanceTimersByTimeAsync(1_000);
    const seen = story.length;
    await engine?.stop(10);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(story).toHaveLength(seen);
  });
});
