/** What the stack tells a function in its environment: the names stand in one place for both of them. */

export const environmentNames = {
  /** The stack's name: its tables are NAME-config, NAME-state and NAME-ledger. */
  stack: "CHAINMAIL_STACK",
  /** The interval between two looks, ms. */
  every: "CHAINMAIL_EVERY_MS",
  /** A JSON object: the URL of the job queue of each vantage. */
  jobQueues: "CHAINMAIL_JOB_QUEUES",
  resultsQueue: "CHAINMAIL_RESULTS_QUEUE",
  outboxQueue: "CHAINMAIL_OUTBOX_QUEUE",
  topic: "CHAINMAIL_TOPIC",
  /** The topic of the operators' phones; without it there are none. */
  phones: "CHAINMAIL_PHONES",
  /** The topics of second contacts, and of their phones; without them there are none. */
  second: "CHAINMAIL_SECOND",
  secondPhones: "CHAINMAIL_SECOND_PHONES",
  /** Where the pages are: what messages link to. */
  statusUrl: "CHAINMAIL_STATUS_URL",
  /** What CloudFront says to the API; without it there is none before it. */
  edgeSecret: "CHAINMAIL_EDGE_SECRET",
  vantage: "CHAINMAIL_VANTAGE",
  /** Those of other regions, separated by commas; without it there are none. */
  vantages: "CHAINMAIL_VANTAGES",
  /** Ports that this vantage can't reach, separated by commas; without it there are none. */
  closedPorts: "CHAINMAIL_CLOSED_PORTS",
  /** Another one says that the functions which look and judge were changed. */
  build: "CHAINMAIL_BUILD",
  /** The name said in EHLO; without it the address literal. */
  ehlo: "CHAINMAIL_EHLO",
  /** `IP[:port]`, separated by commas; without it the system's. */
  resolvers: "CHAINMAIL_RESOLVERS",
} as const;

export type EnvironmentKey = keyof typeof environmentNames;

/** Of a function that probes, as `NODE_OPTIONS`: the young generation, in MB a half, would take as much as all of its connections. */
export const probeNodeOptions = "--max-semi-space-size=4";

/** A function without its environment can't work: that ends it, visibly. */
export function fromEnvironment(key: EnvironmentKey): string {
  const value = optionalFromEnvironment(key);
  if (value === null) throw new Error(`${environmentNames[key]} is not set: the stack sets it`);
  return value;
}

export function optionalFromEnvironment(key: EnvironmentKey): string | null {
  const value = process.env[environmentNames[key]];
  return value === undefined || value === "" ? null : value;
}

export function intervalMs(): number {
  const ms = Number(fromEnvironment("every"));
  if (!(ms >= 60_000)) throw new Error(`${environmentNames.every}: expected milliseconds, at least a minute's`);
  return ms;
}
