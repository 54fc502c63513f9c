/** What is measured runs in a process of its own: neither the bench's memory nor its processor time is counted with it. */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs `test/bench/SCRIPT` with its task as JSON and answers what it prints as JSON. */
export async function measuredInChild<Task, Result>(
  script: string,
  task: Task,
  { timeoutMs = 180_000, nodeOptions = "" }: { readonly timeoutMs?: number; readonly nodeOptions?: string } = {},
): Promise<Result> {
  const args = ["--expose-gc", join(import.meta.dirname, script), JSON.stringify(task)];
  const env = { ...process.env, NODE_OPTIONS: nodeOptions };
  const { stdout } = await run(process.execPath, args, { env, timeout: timeoutMs, maxBuffer: 1 << 20 });
  return JSON.parse(stdout) as Result;
}

export function taskOfChild<Task>(): Task {
  return JSON.parse(process.argv[2] ?? "null") as Task;
}

/** The wall time of one whole process, ms. */
export async function processMs(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const began = performance.now();
  await run(process.execPath, args, { env, timeout: 60_000 });
  return performance.now() - began;
}

export interface Usage {
  readonly wallMs: number;
  /** User and system, of the process and all that it waited for. */
  readonly cpuMs: number;
}

/** What one whole process of any program took, as bash counts it. */
export async function processUsage(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Usage> {
  const timed = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';
  const { stderr } = await run("bash", ["-c", `{ ${timed}; } || true`, "bash", ...args], { env, timeout: 120_000 });
  const [real = 0, user = 0, system = 0] = stderr.trim().split(" ").map(Number);
  return { wallMs: 1_000 * real, cpuMs: 1_000 * (user + system) };
}
