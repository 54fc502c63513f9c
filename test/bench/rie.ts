/**
 * The bundles under AWS's Runtime Interface Emulator: how long their start takes with the share of a processor that each
 * amount of memory comes with, and how much memory they use. On Linux, the share as root with cgroups v1; `test:aws` builds
 * the emulator where Go is there.
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bundleHandler } from "../../lib/stack/bundle.ts";
import { type Figure, median, notMeasured } from "./figure.ts";

const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
const emulator = join(process.env.CHAINMAIL_AWS ?? join(caches, "chainmail-aws"), "rie/aws-lambda-rie");
/** Of cgroups v1: bounds the processor, as Lambda does. */
const group = "/sys/fs/cgroup/cpu/chainmail-rie";
const periodUs = 100_000;
/** AWS gives one processor at so many MB. */
const mbOfOneCpu = 1_769;
const sizes = [128, 256, 512];
export const handlers = ["resolve", "plan", "probe", "judge", "tick", "notify", "contacts", "status"];
const port = 18_080;

/** Why nothing can be measured here; null: it can. */
export const rieMissing = existsSync(emulator) ? null : "aws-lambda-rie isn't there: npm run test:aws builds it";

export async function rieFigures(folder: string): Promise<readonly Figure[]> {
  if (rieMissing !== null) return [notMeasured("start under AWS's emulator", rieMissing)];
  const figures: Figure[] = [];
  for (const handler of handlers) {
    const measured = measuredWords(await startsOf(handler, folder, 2));
    figures.push({ what: `start of \`${handler}\` under AWS's emulator`, measured, bound: "–", kept: null });
  }
  return figures;
}

interface Starts {
  /** Of the phase INIT for each of {@link sizes}, the process and the import: the median in ms. */
  readonly ms: readonly number[];
  readonly peakMb: number;
  readonly isShared: boolean;
}

export async function startsOf(handler: string, folder: string, starts: number): Promise<Starts> {
  const isShared = shareOut();
  try {
    const outDir = join(folder, `rie-${handler}`);
    mkdirSync(outDir);
    bundleHandler(handler, outDir);
    const runs: (readonly Start[])[] = [];
    for (const mb of sizes) {
      const ofSize: Start[] = [];
      for (let run = 0; run < starts; run++) ofSize.push(await start(outDir, mb, isShared));
      runs.push(ofSize);
    }
    return {
      ms: runs.map((ofSize) => median(ofSize.map(({ ms }) => ms))),
      peakMb: Math.max(...runs.flat().map(({ peakMb }) => peakMb)),
      isShared,
    };
  } finally {
    if (isShared) await removeGroup();
  }
}

export function measuredWords({ ms, peakMb, isShared }: Starts): string {
  const times = ms.map((each, at) => `${sizes[at]} MB: ${each.toFixed(0)} ms`).join(", ");
  return `${times}; at most ${peakMb.toFixed(0)} MB${isShared ? "" : "; with a whole processor, which can't be shared out here"}`;
}

/** False: there are no cgroups v1, or they aren't ours. */
function shareOut(): boolean {
  if (!existsSync(group)) {
    try {
      mkdirSync(group);
    } catch {
      return false;
    }
  }
  return existsSync(join(group, "cpu.cfs_quota_us"));
}

/** Its last process may still be on its way out. */
async function removeGroup(): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    try {
      rmdirSync(group);
      return;
    } catch {
      await pause(100);
    }
  }
}

interface Start {
  readonly ms: number;
  readonly peakMb: number;
}

async function start(outDir: string, mb: number, isShared: boolean): Promise<Start> {
  if (isShared) {
    writeFileSync(join(group, "cpu.cfs_period_us"), String(periodUs));
    writeFileSync(join(group, "cpu.cfs_quota_us"), String(Math.round((periodUs * mb) / mbOfOneCpu)));
  }
  const peakFile = join(outDir, "peak");
  const client = join(import.meta.dirname, "rie-client.js");
  const inGroup = `${isShared ? `echo $$ > ${group}/cgroup.procs; ` : ""}exec "$0" "$@"`;
  const bounded = ["sh", "-c", inGroup, process.execPath, `--max-old-space-size=${Math.floor(mb * 0.9)}`, client];
  const [own, api] = [`127.0.0.1:${port}`, `127.0.0.1:${port + 1}`];
  const child = spawn(
    emulator,
    ["--runtime-interface-emulator-address", own, "--runtime-api-address", api, ...bounded],
    {
      cwd: outDir,
      env: {
        ...process.env,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(mb),
        RIE_PEAK: peakFile,
        AWS_LAMBDA_FUNCTION_TIMEOUT: "60",
      },
      detached: true,
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (some) => (said += String(some)));
  try {
    // An empty batch; what isn't fed by a queue refuses it, which is as good here.
    await invoked(`http://${own}/2015-03-31/functions/function/invocations`);
    const ms = Number(/INIT REPORT\(durationMs: ([\d.]+)/.exec(said)?.[1]);
    return { ms, peakMb: Number(readFileSync(peakFile, "utf8")) / 1_024 };
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await pause(200);
  }
}

async function invoked(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await (await fetch(url, { method: "POST", body: '{"Records":[]}' })).text();
      return;
    } catch (error) {
      if (tries > 50) throw error;
      await pause(100);
    }
  }
}
