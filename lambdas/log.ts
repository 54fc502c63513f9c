/** One JSON object a line. Written to the stream itself: the runtime's console puts a prefix before it, and then CloudWatch reads no metrics. */

import { environmentNames } from "../lib/world/environment.ts";

export type Step = "resolve" | "plan" | "probe" | "judge" | "tick" | "notify" | "status";

export type Fields = Readonly<Record<string, string | number | boolean | null>>;

export function log(step: Step, level: "info" | "error", message: string, fields: Fields = {}): void {
  write({ time: new Date().toISOString(), level, step, message, ...fields });
}

/** What the alarms of the stack listen for (`Chainmail` namespace, embedded metric format): said when a step has done its work, and only then. */
export function heartbeat(step: Step): void {
  const CloudWatchMetrics = [
    { Namespace: "Chainmail", Dimensions: [["Stack", "Step"]], Metrics: [{ Name: "Heartbeat", Unit: "Count" }] },
  ];
  const Stack = process.env[environmentNames.stack] ?? "";
  write({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, Stack, Step: step, Heartbeat: 1 });
}

function write(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
