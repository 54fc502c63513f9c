/** The third step: looks at every target of a job and tells what was seen. It decides nothing, and touches no table. */

import { fingerprint } from "../judge/fingerprint.ts";
import type { ProbeAnswer, ProbeJob, ProbeResults, ProbeTask } from "../model/jobs.ts";
import type { Observation } from "../model/observation.ts";
import type { Dialler } from "../model/ports.ts";
import { type LightProbe, type ProbeClock, probeTarget } from "../protocols/smtp/probe.ts";
import type { TlsKit } from "../protocols/tls/kit.ts";
import type { Lanes } from "./lanes.ts";

export interface ProbeWorld {
  readonly dial: Dialler;
  readonly clock: ProbeClock;
  /** Built once per process (`createTlsKit`). */
  readonly tls: TlsKit;
  /** Shared by all jobs of a process (`createLanes`). */
  readonly lanes: Lanes;
  readonly ehloName: string;
  /** For one probe, ms. */
  readonly timeoutMs: number;
}

/** Who hasn't greeted after this long goes on in the slow lane. */
const slowGreetingMs = 2_000;

/** SQS takes 256 kB; what stands around the answers, and a judge's log line, want their room. */
const mostResultBytes = 200_000;

/** One answer for each task, in as many parts as the queue wants. Never rejects: a task that fails stops no other. */
export async function probe(job: ProbeJob, world: ProbeWorld): Promise<readonly ProbeResults[]> {
  const answers = await Promise.all(job.tasks.map((task) => answerTo(task, job, world)));
  const { v, cycle, slice, vantage, round } = job;
  return split(answers).map((part, index) => ({ v, cycle, slice, vantage, round, part: index, answers: part }));
}

async function answerTo(task: ProbeTask, job: ProbeJob, world: ProbeWorld): Promise<ProbeAnswer> {
  const { slot, name, identity } = task;
  try {
    return await world.lanes.run(task.target.address, async (slow) => {
      if (world.clock.now() > job.notAfter) return { slot, name, identity, kind: "not-tried" };
      const isFirstSight = task.known === "";
      const request = requestOf(task, job, world, isFirstSight, slow);
      const seen = await probeTarget(request, world.dial, world.clock);
      const print = fingerprint(seen);
      if (print === task.known) return { slot, name, identity, kind: "same", at: seen.at, fingerprint: print };
      const observation = isFirstSight ? seen : await withChain(seen, request, world);
      return { slot, name, identity, kind: "seen", observation, fingerprint: print };
    });
  } catch {
    // A fault of ours: a gap in what we know, never the server's.
    return { slot, name, identity, kind: "not-tried" };
  }
}

function requestOf(
  { target, name, allowPrivate }: ProbeTask,
  { vantage }: ProbeJob,
  { ehloName, timeoutMs, tls }: ProbeWorld,
  readChain: boolean,
  slow: () => void,
): LightProbe {
  return {
    target,
    host: name,
    sni: name,
    vantage,
    allowPrivate,
    ehloName,
    timeoutMs,
    readChain,
    tls,
    slowGreeting: { ms: slowGreetingMs, call: slow },
  };
}

/**
 * Facts that changed are completed by the chain as sent, over one more connection: changes are rare, and reading the
 * chain of every look would make each half as expensive again. A backend that shows another leaf has another chain.
 */
async function withChain(seen: Observation, request: LightProbe, world: ProbeWorld): Promise<Observation> {
  const { outcome } = seen;
  if (outcome.kind !== "encrypted" || outcome.certificate === null || outcome.certificate.chain !== null) return seen;
  const again = await probeTarget({ ...request, readChain: true }, world.dial, world.clock);
  const certificate = again.outcome.kind === "encrypted" ? again.outcome.certificate : null;
  if (certificate?.leaf.sha256 !== outcome.certificate.leaf.sha256) return seen;
  return { ...seen, outcome: { ...outcome, certificate: { ...outcome.certificate, chain: certificate.chain } } };
}

function split(answers: readonly ProbeAnswer[]): readonly (readonly ProbeAnswer[])[] {
  const parts: ProbeAnswer[][] = [[]];
  let bytes = 0;
  for (const answer of answers) {
    const size = Buffer.byteLength(JSON.stringify(answer)) + 1;
    if (bytes > 0 && bytes + size > mostResultBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(answer);
    bytes += size;
  }
  return parts;
}
