/** Queues that are found by their name, from another region or by the command line. Names are unique in a region. */

/** In the home region. */
export function resultsQueueName(stack: string): string {
  return `${stack}-results`;
}

/** Of a further vantage, in its own region. */
export function jobsQueueName(stack: string): string {
  return `${stack}-jobs`;
}

/** Where messages and runs of the schedule end that failed again and again. */
export const deadLetterQueues = ["jobs", "results", "outbox", "runs"] as const;
export type DeadLetterQueue = (typeof deadLetterQueues)[number];

/** CloudFormation names these, and tags them with the names that their constructs give them in the template: those of the dead letters, and of the queue that they failed in. */
export const deadLetterLogicalIds: Readonly<
  Record<DeadLetterQueue, { readonly dead: string; readonly source: string | null }>
> = {
  jobs: { dead: "VantageJobsDeadLetters", source: "VantageJobsQueue" },
  results: { dead: "ResultsDeadLetters", source: "ResultsQueue" },
  outbox: { dead: "OutboxDeadLetters", source: "OutboxQueue" },
  runs: { dead: "RhythmDeadLetters", source: null },
};
