/**
 * Plays histories by the hundred thousand, on all cores: `npm run test:simulation`. The first broken promise ends it,
 * with what happened and how to see it again.
 *
 *     node test/simulation/run.ts                         100,000 histories
 *     node test/simulation/run.ts --histories 5000 --from 700000
 *     node test/simulation/run.ts --seed 774              one of them, told step by step
 *     node test/simulation/run.ts --seed 7 --dies before:120
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { drawHistory } from "./history.ts";
import { crashPoints, play } from "./play.ts";
import { tell } from "./tell.ts";
import type { CrashAt } from "./world.ts";

interface Share {
  readonly from: number;
  readonly histories: number;
}

interface Report {
  readonly played: number;
  readonly deaths: number;
  /** How to see it again, and what is wrong with it. */
  readonly broken: { readonly command: string; readonly breaches: readonly string[] } | null;
}

/** Of the histories, those in which a process dies at every await in turn; the others are drawn, faults and all. */
const enumerated = 0.4;

async function playShare({ from, histories }: Share): Promise<Report> {
  let played = 0;
  let deaths = 0;
  async function isKept(seed: number, faults: boolean, crashAt: CrashAt | null): Promise<Report | null> {
    const { breaches, world } = await play(drawHistory(seed, faults), undefined, crashAt);
    played++;
    deaths += world.evidence.crashes;
    if (breaches.length === 0) return null;
    const dies = crashAt === null ? "" : ` --dies ${crashAt.after ? "after" : "before"}:${crashAt.number}`;
    return { played, deaths, broken: { command: `node test/simulation/run.ts --seed ${seed}${dies}`, breaches } };
  }
  for (let seed = from; played < histories * enumerated; seed++) {
    const history = drawHistory(seed, false);
    // Days of reminders have ten thousands of awaits, all alike.
    if (history.isLong) continue;
    for (const crashAt of await crashPoints(history)) {
      const broken = await isKept(seed, false, crashAt);
      if (broken !== null) return broken;
    }
  }
  for (let seed = from; played < histories; seed++) {
    const broken = await isKept(seed, true, null);
    if (broken !== null) return broken;
  }
  return { played, deaths, broken: null };
}

function runShare(share: Share): Promise<Report> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: share });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

async function playEverywhere(histories: number, from: number): Promise<boolean> {
  const began = performance.now();
  const cores = availableParallelism();
  // Shares far apart: none draws what another drew.
  const shares = Array.from({ length: cores }, (_, core) => {
    return { from: from + core * histories, histories: Math.ceil(histories / cores) };
  });
  const reports = await Promise.all(shares.map(runShare));
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  const sum = (of: (report: Report) => number) => reports.map(of).reduce((a, b) => a + b, 0);
  console.log(`${sum(({ played }) => played)} histories, ${sum(({ deaths }) => deaths)} deaths, ${seconds} s`);
  const broken = reports.flatMap((report) => report.broken ?? []);
  for (const { command, breaches } of broken) console.log(`\n${breaches.join("\n")}\nSee it by: ${command}`);
  return broken.length === 0;
}

async function playOne(seed: number, dies: string | undefined): Promise<boolean> {
  const [when, number] = dies?.split(":") ?? [];
  const crashAt = number === undefined ? null : { number: Number(number), after: when === "after" };
  const history = drawHistory(seed, crashAt === null);
  const { breaches, world } = await play(history, undefined, crashAt);
  console.log(tell(history, world.evidence).join("\n"));
  console.log(breaches.length === 0 ? "All promises are kept." : breaches.join("\n"));
  return breaches.length === 0;
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      histories: { type: "string", default: "100000" },
      from: { type: "string", default: "0" },
      seed: { type: "string" },
      dies: { type: "string" },
    },
  });
  const isKept =
    values.seed === undefined
      ? await playEverywhere(Number(values.histories), Number(values.from))
      : await playOne(Number(values.seed), values.dies);
  process.exitCode = isKept ? 0 : 1;
} else {
  parentPort?.postMessage(await playShare(workerData));
}
