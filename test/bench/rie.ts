/**
 * The bundles under AWS's Runtime Interface Emulator: how long their start takes with the share of a processor that each
 * amount of memory comes with, and how much memory they use. As root on Linux with cgroups v1, and built once:
 * `GOBIN=$HOME/.cache/chainmail-aws/rie go install github.com/aws/aws-lambda-runtime-interface-emulator/cmd/aws-lambda-rie@latest`
 */

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { bundleHandler } from "../../lib/stack/bundle.ts";
import { type Figure, median, notMeasured } from "./figure.ts";

const emulator = join(homedir(), ".cache/chainmail-aws/rie/aws-lambda-rie");
/** Of cgroups v1: bounds the processor, as Lambda does. */
const group = "/sys/fs/cgroup/cpu/chainmail-rie";
const periodUs = 100_000;
/** AWS gives one processor at so many MB. */
const mbOfOneCpu = 1_769;
const sizes = [128, 256, 512];
const handlers = ["resolve", "plan", "probe", "judge", "tick", "notify", "contacts", "status"];
const starts = 2;
const port = 18_080;

export async function rieFigures(folder: string): Promise<readonly Figure[]> {
  if (!existsSync(emulator))
    return [notMeasured("start under AWS's emulator", "aws-lambda-rie isn't there: see rie.ts")];
  try {
    mkdirSync(group);
  } catch (error) {
    return [notMeasured("start under AWS's emulator", `processors can't be shared out here: ${String(error)}`)];
  }
  try {
    const figures: Figure[] = [];
    for (const handler of handlers) {
      const outDir = join(folder, `rie-${handler}`);
      mkdirSync(outDir);
      bundleHandler(handler, outDir);
      const words: string[] = [];
      let peak = 0;
      for (const mb of sizes) {
        const runs: Start[] = [];
        for (let run = 0; run < starts; run++) runs.push(await start(outDir, mb));
        words.push(`${mb} MB: ${median(runs.map(({ ms }) => ms)).toFixed(0)} ms`);
        peak = Math.max(peak, ...runs.map(({ peakMb }) => peakMb));
      }
      const measured = `${words.join(", ")}; at most ${peak.toFixed(0)} MB`;
      figures.push({ what: `start of \`${handler}\` under AWS's emulator`, measured, bound: "–", kept: null });
    }
    return figures;
  } finally {
    rmdirSync(group);
  }
}

interface Start {
  /** Of the phase INIT: the process and the import. */
  readonly ms: number;
  readonly peakMb: number;
}

async function start(outDir: string, mb: number): Promise<Start> {
  writeFileSync(join(group, "cpu.cfs_period_us"), String(periodUs));
  writeFileSync(join(group, "cpu.cfs_quota_us"), String(Math.round((periodUs * mb) / mbOfOneCpu)));
  const peakFile = join(outDir, "peak");
  const client = join(import.meta.dirname, "rie-client.js");
  const inGroup = `echo $$ > ${group}/cgroup.procs; exec "$0" "$@"`;
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
