/** The deep half of the third step: asks each target of a job its next questions, one connection at a time. Touches no table. */

import type { ScanAnswer, ScanJob, ScanResults, ScanTask } from "../model/deep-scan.ts";
import type { Dialler } from "../model/ports.ts";
import type { FlawSeen, Scan } from "../model/scan.ts";
import { targetKey } from "../model/target.ts";
import { ask, askSslv2 } from "../protocols/scan/ask.ts";
import type { AskWorld } from "../protocols/scan/converse.ts";
import type { Early } from "../protocols/scan/early.ts";
import type { AskedFlaw } from "../protocols/scan/flaws/flaw.ts";
import { askingOf, lookFor } from "../protocols/scan/flaws/look-for.ts";
import type { Answer, Unasked } from "../protocols/scan/question.ts";
import { askAgain, type Live, type LiveFlaw, resume } from "../protocols/scan/resume.ts";
import type { ProbeClock } from "../protocols/smtp/probe.ts";
import type { Lanes } from "./lanes.ts";
import type { Pacer } from "./pacer.ts";
import { flawsAt, programOf } from "./scan-program.ts";

export interface DeepProbeWorld {
  readonly dial: Dialler;
  readonly clock: ProbeClock;
  /** Shared with the light probes: one connection at a time to each address. */
  readonly lanes: Lanes;
  readonly pacer: Pacer;
  readonly ehloName: string;
  /** For one connection, ms. */
  readonly timeoutMs: number;
}

/** As `lib/steps/probe.ts` has it. */
const mostResultBytes = 200_000;
const tooLate: Unasked = { kind: "unasked", how: "out of time" };

/** One answer for each task. Never rejects: a task that fails stops no other. */
export async function deepProbe(job: ScanJob, world: DeepProbeWorld): Promise<readonly ScanResults[]> {
  const answers = await Promise.all(job.tasks.map((task) => answerTo(task, job, world)));
  const { v, cycle, vantage } = job;
  return split(answers).map((part) => ({ v, cycle, vantage, answers: part }));
}

async function answerTo(task: ScanTask, job: ScanJob, world: DeepProbeWorld): Promise<ScanAnswer> {
  const { slice, slot, depth, flaws, beside, version, target, name, trail, again } = task;
  const at = world.clock.now();
  const common = { slice, slot, depth, flaws, beside, version, target: targetKey(target), at };
  try {
    const program = programOf(depth);
    const place = { target, serverName: name, at };
    const live = liveOf(task, job, world);
    const news =
      again === null ? await resume(program, place, trail, live) : await askAgain(program, place, trail, again, live);
    if (news === null) return { ...common, kind: "same", again };
    const stopped = news.stopped?.how === tooLate.how ? null : news.stopped;
    // Nobody was asked anything, or another machine answered: that says nothing.
    if (news.stopped !== null && !stopped?.throttled && news.trail.length === trail.length) {
      return { ...common, kind: "same" };
    }
    return { ...common, kind: "news", trail: news.trail, exhibits: news.exhibits, stopped };
  } catch {
    // A fault of ours: nothing is known of the server by it.
    return { ...common, kind: "not-tried" };
  }
}

function liveOf(
  { target, name, allowPrivate, depth, flaws: wanted, most }: ScanTask,
  job: ScanJob,
  world: DeepProbeWorld,
): Live {
  const { lanes, pacer, clock, dial, ehloName, timeoutMs } = world;
  const { address } = target;
  const asking: AskWorld = {
    target,
    serverName: name,
    allowPrivate,
    ehloName,
    timeoutMs,
    dial,
    monotonic: clock.monotonic,
    sighted: () => {},
  };
  async function connect<T>(work: () => Promise<T>): Promise<T | Unasked> {
    await pacer.turn(address, job.gapMs);
    if (clock.now() > job.notAfter) return tooLate;
    return await lanes.run(address, async () => {
      const began = clock.monotonic();
      const answer = await work();
      pacer.held(address, clock.monotonic() - began);
      return answer;
    });
  }
  const flaws = flawsAt(depth, wanted).map((flaw): LiveFlaw => {
    return { name: flaw.name, look: (scan, early) => lookedFor(flaw, { scan, early, world: asking, connect }) };
  });
  return {
    flaws,
    ask: (question): Promise<Answer> => connect(() => ask(question, asking)),
    askSslv2: () => connect(() => askSslv2(asking)),
    most,
  };
}

interface Looking {
  readonly scan: Scan;
  readonly early: Early;
  readonly world: AskWorld;
  readonly connect: <T>(work: () => Promise<T>) => Promise<T | Unasked>;
}

/** Where one of its connections wasn't let in, it isn't known, and is looked for another time. */
async function lookedFor(flaw: AskedFlaw, { scan, early, world, connect }: Looking): Promise<FlawSeen | Unasked> {
  let shut: Unasked | null = null;
  const asking = askingOf({
    scan: Promise.resolve(scan),
    early,
    leaf: null,
    world,
    connect: async <T>(work: () => Promise<T>) => {
      const came = await connect(work);
      if (isShut(came)) shut = came;
      return came as T;
    },
  });
  const [seen] = await lookFor([flaw], asking);
  return shut ?? seen ?? { kind: "unasked", how: "not looked for" };
}

function isShut(came: unknown): came is Unasked {
  const isUnasked = typeof came === "object" && came !== null && "kind" in came && came.kind === "unasked";
  return isUnasked && !("elsewhere" in came && came.elsewhere);
}

function split(answers: readonly ScanAnswer[]): readonly (readonly ScanAnswer[])[] {
  const parts: ScanAnswer[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const answer of answers) {
    const size = Buffer.byteLength(JSON.stringify(answer)) + 1;
    if (bytes + size > mostResultBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(answer);
    bytes += size;
  }
  return parts;
}
