/** The deep half of the third step: asks each target of a job its next questions, one connection at a time. Touches no table. */

import type { ScanAnswer, ScanJob, ScanResults, ScanTask } from "../model/deep-scan.ts";
import type { Dialler } from "../model/ports.ts";
import { targetKey } from "../model/target.ts";
import { ask, askSslv2 } from "../protocols/scan/ask.ts";
import type { AskWorld } from "../protocols/scan/converse.ts";
import type { Answer, Unasked } from "../protocols/scan/question.ts";
import { askAgain, type Live, resume } from "../protocols/scan/resume.ts";
import type { ProbeClock } from "../protocols/smtp/probe.ts";
import type { Lanes } from "./lanes.ts";
import type { Pacer } from "./pacer.ts";
import { programOf } from "./scan-program.ts";

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
  const { slice, slot, depth, beside, version, target, name, trail, again } = task;
  const at = world.clock.now();
  const common = { slice, slot, depth, beside, version, target: targetKey(target), at };
  try {
    const program = programOf(depth);
    const place = { target, serverName: name, at };
    const live = liveOf(task, job, world);
    const news =
      again === null ? await resume(program, place, trail, live) : await askAgain(program, place, trail, again, live);
    if (news === null) return { ...common, kind: "same" };
    const stopped = news.stopped?.how === tooLate.how ? null : news.stopped;
    return { ...common, kind: "news", trail: news.trail, exhibits: news.exhibits, stopped };
  } catch {
    // A fault of ours: nothing is known of the server by it.
    return { ...common, kind: "not-tried" };
  }
}

function liveOf({ target, name, allowPrivate, most }: ScanTask, job: ScanJob, world: DeepProbeWorld): Live {
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
  return {
    ask: (question): Promise<Answer> => connect(() => ask(question, asking)),
    askSslv2: () => connect(() => askSslv2(asking)),
    most,
  };
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
