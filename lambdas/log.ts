/** One JSON object a line. Written to the stream itself: the runtime's console puts a prefix before it, and then CloudWatch reads no metrics. */

import { environmentNames } from "../lib/world/environment.ts";

export type Step = "resolve" | "plan" | "probe" | "judge" | "tick" | "notify" | "contacts" | "status";

export type Fields = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

export function log(step: Step, level: "info" | "error", message: string, fields: Fields = {}): void {
  write({ time: new Date().toISOString(), level, step, message, ...fields });
}

/** What the alarms of the stack listen for (`Chainmail` namespace, embedded metric format): said when a step has done its work, and only then. */
export function heartbeat(step: Step): void {
  metric({ Step: step }, "Heartbeat", "Count", 1);
}

const measures = {
  /** Targets that a cycle is to look at. */
  Planned: "Count",
  /** Targets that a batch brought a mark of to the ledger. */
  Looked: "Count",
  /** Since when the oldest message that is due has been owed. */
  OutboxAge: "Seconds",
  /** Tries to tell that failed and are made again. */
  FailedPublishes: "Count",
  /** Messages that a recipient will never get. */
  DeadMessages: "Count",
} as const;

export function measure(name: keyof typeof measures, value: number): void {
  metric({}, name, measures[name], value);
}

/** No others: each combination of values is a metric that is paid for. */
type Dimensions = Readonly<Partial<Record<"Vantage" | "Step" | "Code", string>>>;

/** Beside the stack's name, by which several of one account are told apart. */
function metric(dimensions: Dimensions, name: string, unit: string, value: number): void {
  const of = { Stack: process.env[environmentNames.stack] ?? "", ...dimensions };
  const CloudWatchMetrics = [
    { Namespace: "Chainmail", Dimensions: [Object.keys(of)], Metrics: [{ Name: name, Unit: unit }] },
  ];
  write({ _aws: { Timestamp: Date.now(), CloudWatchMetrics }, ...of, [name]: value });
}

function write(line: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
