/**
 * Plays histories by the hundred thousand, on all cores: `npm run test:simulation`. The first broken promise ends it,
 * with what happened and how to see it again.
 *
 *     node test/simulation/run.ts                         100,000 histories
 *     node test/simulation/run.ts --histories 5000 --from 700000
 *     node test/simulation/run.ts --seed 774              one of them, told step by step
 *     node test/simulation/run.ts --seed 7 --dies before:120
 */

import { once } from "node:events";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { drawHistory, type History } from "./history.ts";
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
const shareCount = 8;

async function playShare({ from, histories }: Share): Promise<Report> {
  let played = 0;
  let deaths = 0;
  async function isKept(history: History, crashAt: CrashAt | null, places = 1): Promise<Report | null> {
    const { seed } = history;
    const { breaches, world } = await play(history, undefined, crashAt);
    played += places;
    deaths += places * world.evidence.crashes;
    if (breaches.length === 0) return null;
    const dies = crashAt === null ? "" : ` --dies ${crashAt.after ? "after" : "before"}:${crashAt.number}`;
    return { played, deaths, broken: { command: `node test/simulation/run.ts --seed ${seed}${dies}`, breaches } };
  }
  for (let seed = from; played < histories * enumerated; seed++) {
    const history = drawHistory(seed, false);
    // Days of reminders have ten thousands of awaits, all alike.
    if (history.isLong) continue;
    for (const crashAt of await crashPoints(history)) {
      const broken = await isKept(history, crashAt, crashAt.places);
      if (broken !== null) return broken;
    }
  }
  for (let seed = from; played < histories; seed++) {
    const broken = await isKept(drawHistory(seed), null);
    if (broken !== null) return broken;
  }
  return { played, deaths, broken: null };
}

/** One worker a core, each for share after share: its code is compiled once. */
async function playShares(shares: readonly Share[]): Promise<readonly Report[]> {
  const left = [...shares];
  const reports: Report[] = [];
  const playing = Array.from({ length: Math.min(left.length, availableParallelism()) }, async () => {
    // What a history leaves behind is rubbish at once: with room for many of them it costs nothing to clear away.
    const worker = new Worker(new URL(import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: 192 } });
    for (let share = left.shift(); share !== undefined; share = left.shift()) {
      worker.postMessage(share);
      const [report] = await once(worker, "message");
      reports.push(report);
    }
    await worker.terminate();
  });
  await Promise.all(playing);
  return reports;
}

async function playEverywhere(histories: number, from: number): Promise<boolean> {
  const began = performance.now();
  // Far apart, so that none draws what another drew; as many on every machine, so that all play the same.
  const shares = Array.from({ length: shareCount }, (_, share) => {
    return { from: from + share * histories, histories: Math.ceil(histories / shareCount) };
  });
  const reports = await playShares(shares);
  const seconds = ((performance.now() - began) / 1_000).toFixed(0);
  const { user, system } = process.cpuUsage();
  const sum = (of: (report: Report) => number) => reports.map(of).reduce((a, b) => a + b, 0);
  console.log(
    `${sum(({ played }) => played)} histories, ${sum(({ deaths }) => deaths)} deaths, ${seconds} s, ${((user + system) / 1e6).toFixed(0)} s of processors`,
  );
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
  parentPort?.on("message", async (share: Share) => parentPort?.postMessage(await playShare(share)));
}
