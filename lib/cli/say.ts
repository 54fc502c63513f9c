/** Lines of a process that runs on: time, step, what happened. */

import type { Clock } from "../model/ports.ts";
import { visible } from "../protocols/printable.ts";
import type { Output } from "./io.ts";

export function sayTo(output: Output, now: Clock): (step: string, line: string) => void {
  return (step, line) => output.write(`${timeOf(now())}  ${step.padEnd(8)} ${line}\n`);
}

/** A step that failed is told, and the next one begins as if nothing had been: the cause is in the line. */
export function reportFailure(output: Output, now: Clock): (step: string, error: unknown) => void {
  return (step, error) => {
    const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
    output.write(`${timeOf(now())}  ${step} failed: ${words.split("\n").map(visible).join(" ")}\n`);
  };
}

/** `12:01:05` UTC. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
