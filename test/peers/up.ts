/** `chainmail up` as a process of its own, as a person would start it, and the alerts that it writes. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type * as z from "zod";
import { incidentsSchema } from "../../lib/status/json/incident-schemas.ts";
import { writeFiles } from "./cache.ts";

export type IncidentsJson = z.infer<typeof incidentsSchema>;

export interface AlertLine {
  readonly id: string;
  readonly kind: string;
  readonly class: string;
  readonly subject: string;
  readonly customers: number;
  readonly at: string | number;
  readonly text: string;
}

export interface UpOptions {
  /** Keeps the customers file, the data and the alerts; a second start in it goes on where the first ended. */
  readonly folder: string;
  readonly customers: string;
  readonly resolver: string;
  readonly caFile: string;
  readonly every: string;
  /** Its clock's speed, and since which epoch ms; of its processes one after the other the same. */
  readonly clock?: { readonly rate: number; readonly from: number };
}

export interface Up {
  /** All that was printed so far. */
  readonly printed: string;
  /** As the API tells it now; null while it doesn't answer yet. */
  incidents(): Promise<IncidentsJson | null>;
  kill(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

export async function startUp({ folder, customers, resolver, caFile, every, clock }: UpOptions): Promise<Up> {
  await writeFiles(folder, { "customers.yaml": customers });
  const args = ["--customers", join(folder, "customers.yaml"), "--data", join(folder, "data"), "--port", "0"];
  const looks = ["--every", every, "--timeout", `${3 * (clock?.rate ?? 1)}s`, "--resolver", resolver, "--ca", caFile];
  const alerts = ["--alerts", join(folder, "alerts.jsonl")];
  const hastened = clock === undefined ? [] : ["--import", join(import.meta.dirname, "fast-clock.ts")];
  const child = spawn(process.execPath, [...hastened, "bin/chainmail.ts", "up", ...args, ...looks, ...alerts], {
    env: { ...process.env, CLOCK_RATE: String(clock?.rate), CLOCK_FROM: String(clock?.from) },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (printed += String(chunk)));
  await once(child, "spawn");
  return {
    get printed() {
      return printed;
    },
    async incidents() {
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      const response = url === undefined ? null : await fetch(`${url}/v1/incidents`).catch(() => null);
      return response?.ok ? incidentsSchema.parse(await response.json()) : null;
    },
    kill: (signal) => end(child, signal),
  };
}

async function end(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

export async function alertsIn(folder: string): Promise<readonly AlertLine[]> {
  const text = await readFile(join(folder, "alerts.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Looks four times a second; the error after `withinMs` tells what was waited for. */
export async function until(what: string, withinMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${withinMs / 1_000} s: ${what}`);
    await pause(250);
  }
}
