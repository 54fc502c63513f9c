/**
 * What a fleet costs on AWS in a month: quantities by a model, times {@link prices}. Pure. Reads, writes, jobs and messages are counted by
 * `test/steps/hour.test.ts`; times and sizes that only AWS can measure are assumed, and stand in {@link assumed}.
 */

import { prices } from "./prices.ts";
import { sliceSize } from "./roster.ts";

export interface CostInput {
  readonly customers: number;
  /** What is looked at from each vantage: an address and port each. */
  readonly targets: number;
  readonly everyMs: number;
  /** With the one of the home region. */
  readonly vantages: number;
  readonly egress: "none" | "nat-gateway" | "nat-instance";
  readonly zones: number;
  readonly sqsEndpoint: boolean;
  readonly customerKey: boolean;
  readonly tracing: boolean;
  /** Topics of operators at home, of which each has an alarm: 1 to 4. */
  readonly topics: number;
  /** `own`: its rules are the operator's, and not counted. */
  readonly webAcl: "none" | "own" | "managed";
}

export interface CostLine {
  readonly what: string;
  /** How it comes about, for people. */
  readonly how: string;
  readonly usd: number;
}

/** Each customer with two addresses of its own servers, behind gateways that share eight. */
export const targetsOf = (customers: number): number => 2 * customers + 8;

/** What was not counted but assumed: AWS alone can tell. */
export const assumed = {
  /** Of a job of up to 250 targets: its slowest server decides, and one that doesn't answer takes 30 s. */
  probeSeconds: 10,
  judgeSeconds: 0.3,
  /** Of a grade, once a day: connections to each target, each in a turn of its own; and how long a job of them takes. */
  scanTurns: 12,
  scanSeconds: 3,
  stepSeconds: 0.3,
  resolveSecondsPerCustomer: 0.001,
  /** Lambda polls a queue with five connections, each for 20 s. */
  pollsPerMinute: 15,
  logBytesPerRun: 1_000,
  /** Of a look: the certificates come in, a hello and a few lines go out. */
  bytesIn: 7_000,
  bytesOut: 2_500,
  /** Of a part of results, at most 250 answers of which nothing changed. */
  resultBytes: 30_000,
  pageViewsPerMinute: 1,
  /** Table space: of a customer with its domains and hosts, and of a target at each vantage. */
  customerBytes: 1_500,
  targetBytes: 3_000,
  natDiskGb: 8,
} as const;

const hoursAMonth = 730;
const minutesAMonth = hoursAMonth * 60;
const daysAMonth = hoursAMonth / 24;
const gb = 1e9;

/** Counts of an hour in which nothing happens. */
export interface SteadyHour {
  readonly jobs: number;
  readonly readUnits: number;
  readonly writeUnits: number;
}

/** Per cycle unless it says otherwise; day counts, which are written once a day, are left out. */
const counted = {
  resolveReads: 38,
  resolveReadsPerCustomer: 0.0735,
  planReads: 0.5,
  planReadsPerJob: 4,
  judgeReadsPerJob: 5,
  tickReadsPerMinute: 11,
  notifyReadsPerMinute: 3,
  planWrites: 1,
  judgeWritesPerJob: 1,
  dayCountsPerJob: 2,
} as const;

const jobsACycle = ({ targets, vantages }: Pick<CostInput, "targets" | "vantages">): number =>
  Math.ceil(targets / sliceSize) * vantages;

export function steadyHour(input: Pick<CostInput, "customers" | "targets" | "everyMs" | "vantages">): SteadyHour {
  const cycles = 3_600_000 / input.everyMs;
  const jobs = jobsACycle(input);
  const { planReads, planReadsPerJob, judgeReadsPerJob, tickReadsPerMinute, notifyReadsPerMinute } = counted;
  const resolveReads = counted.resolveReads + counted.resolveReadsPerCustomer * input.customers;
  return {
    jobs: cycles * jobs,
    readUnits:
      cycles * (resolveReads + planReads + (planReadsPerJob + judgeReadsPerJob) * jobs) +
      60 * (tickReadsPerMinute + notifyReadsPerMinute),
    writeUnits: cycles * (counted.planWrites + counted.judgeWritesPerJob * jobs),
  };
}

/** What costs nothing has no line. */
export function monthlyCost(input: CostInput): readonly CostLine[] {
  const lines = [
    functions(input),
    queues(input),
    tables(input),
    scans(input),
    watching(input),
    network(input),
    traffic(input),
    firewall(input),
    ...(input.customerKey ? [{ what: "key", how: "one of the account's own", usd: prices.kms.keyMonth }] : []),
    ...(input.tracing ? [{ what: "traces", how: "of every run", usd: runsAMonth(input) * prices.xray.trace }] : []),
  ];
  return lines.filter(({ usd }) => usd > 0);
}

export function totalOf(lines: readonly CostLine[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

const cyclesAMonth = ({ everyMs }: CostInput): number => (hoursAMonth * 3_600_000) / everyMs;

function runsAMonth(input: CostInput): number {
  // Resolve and plan; probe and judge for each job; tick and notify each minute; contacts; pages.
  const perCycle = 2 + 2 * jobsACycle(input);
  return cyclesAMonth(input) * perCycle + minutesAMonth * (2 + assumed.pageViewsPerMinute) + hoursAMonth;
}

function functions(input: CostInput): CostLine {
  const cycles = cyclesAMonth(input);
  const jobs = jobsACycle(input);
  const gbSeconds =
    cycles * 1 * (1 + assumed.resolveSecondsPerCustomer * input.customers) +
    cycles * 0.5 * assumed.stepSeconds +
    cycles * jobs * 0.5 * (assumed.probeSeconds + assumed.judgeSeconds) +
    minutesAMonth * (0.5 + 0.25 + 0.5 * assumed.pageViewsPerMinute) * assumed.stepSeconds;
  const runs = runsAMonth(input);
  const scheduled = 2 * cycles + minutesAMonth + hoursAMonth;
  return {
    what: "functions",
    how: `${rounded(runs)} runs, ${rounded(gbSeconds)} GB-seconds, their schedule and API`,
    usd:
      gbSeconds * prices.lambda.gbSecond +
      runs * prices.lambda.request +
      scheduled * prices.scheduler.run +
      minutesAMonth * assumed.pageViewsPerMinute * prices.httpApi.request,
  };
}

function queues(input: CostInput): CostLine {
  // Jobs and results are sent, received and deleted; wake-ups each minute.
  const messages = 3 * (2 * jobsACycle(input) * cyclesAMonth(input) + minutesAMonth);
  const polls = (2 + input.vantages) * assumed.pollsPerMinute * minutesAMonth;
  const requests = messages + polls;
  return {
    what: "queues",
    how: `${rounded(requests)} requests, ${rounded(polls)} of them Lambda's polling`,
    usd: requests * prices.sqs.request,
  };
}

function tables(input: CostInput): CostLine {
  const hour = steadyHour(input);
  const reads = hour.readUnits * hoursAMonth;
  const writes = hour.writeUnits * hoursAMonth + counted.dayCountsPerJob * jobsACycle(input) * daysAMonth;
  const kept = (assumed.customerBytes * input.customers + assumed.targetBytes * input.targets * input.vantages) / gb;
  const { readUnit, writeUnit, gbMonth, backupGbMonth } = prices.dynamodb;
  return {
    what: "tables",
    how: `${rounded(reads)} read and ${rounded(writes)} write units, ${kept.toFixed(2)} GB with their backup`,
    usd: reads * readUnit + writes * writeUnit + kept * (gbMonth + backupGbMonth),
  };
}

/** From the home region alone. What stays as it was is read, and not written. */
function scans(input: CostInput): CostLine {
  const { targets } = input;
  const cycles = cyclesAMonth(input);
  const turns = targets * assumed.scanTurns * daysAMonth;
  // A slice has one job in a cycle where any of its targets has a turn.
  const jobs = Math.min(turns, Math.ceil(targets / sliceSize) * cycles);
  const gbSeconds = jobs * 0.5 * (assumed.scanSeconds + assumed.judgeSeconds);
  const runs = 2 * jobs;
  const logs = (runs * assumed.logBytesPerRun) / gb;
  const { logGb, logGbMonth } = prices.cloudwatch;
  return {
    what: "scans",
    how: `a grade a day: ${rounded(turns)} connections in ${rounded(jobs)} jobs`,
    usd:
      gbSeconds * prices.lambda.gbSecond +
      runs * prices.lambda.request +
      3 * runs * prices.sqs.request +
      turns * prices.dynamodb.readUnit +
      logs * (logGb + logGbMonth),
  };
}

const homeAlarms = 18;
const alarmsAbroad = 3;
const ourMetrics = 11;

function watching(input: CostInput): CostLine {
  // One on a formula of two metrics counts as two.
  const alarms = homeAlarms + 1 + (input.topics - 1) + alarmsAbroad * (input.vantages - 1);
  const logs = (runsAMonth(input) * assumed.logBytesPerRun) / gb;
  const { alarm, metric, dashboard, logGb, logGbMonth } = prices.cloudwatch;
  return {
    what: "watching",
    how: `${alarms} alarms, ${ourMetrics} metrics, a dashboard, ${logs.toFixed(2)} GB of logs`,
    usd: alarms * alarm + ourMetrics * metric + dashboard + logs * (logGb + logGbMonth),
  };
}

function network({ egress, zones, vantages, sqsEndpoint }: CostInput): CostLine {
  if (egress === "none") return { what: "network", how: "none", usd: 0 };
  const { hour, diskGbMonth } = prices.natInstance;
  const nat =
    egress === "nat-gateway" ? hoursAMonth * prices.nat.hour : hoursAMonth * hour + assumed.natDiskGb * diskGbMonth;
  const nats = zones * vantages;
  const endpoints = sqsEndpoint ? zones : 0;
  return {
    what: "network",
    how: `${nats} ${egress === "nat-gateway" ? "NAT gateway" : "NAT instance"}${nats > 1 ? "s" : ""} with an address each${endpoints > 0 ? `, an endpoint in ${endpoints} zone${endpoints > 1 ? "s" : ""}` : ""}`,
    usd: nats * (nat + hoursAMonth * prices.publicAddress.hour) + endpoints * hoursAMonth * prices.endpoint.hour,
  };
}

function traffic(input: CostInput): CostLine {
  const { egress, vantages, targets, sqsEndpoint } = input;
  const cycles = cyclesAMonth(input);
  const looks = (targets * vantages * cycles) / gb;
  const ofResults = (jobsACycle(input) * cycles * assumed.resultBytes) / gb;
  const out = looks * assumed.bytesOut;
  const abroad = (ofResults * (vantages - 1)) / vantages;
  const byEndpoint = sqsEndpoint ? ofResults / vantages : 0;
  const throughNat =
    egress === "nat-gateway" ? looks * (assumed.bytesIn + assumed.bytesOut) + ofResults - byEndpoint : 0;
  const nat = throughNat > 0 ? `, ${throughNat.toFixed(1)} GB through the NAT` : "";
  return {
    what: "traffic",
    how: `${out.toFixed(1)} GB out${nat}${abroad > 0 ? `, ${abroad.toFixed(1)} GB between regions` : ""}`,
    usd:
      out * prices.traffic.outGb +
      throughNat * prices.nat.gb +
      byEndpoint * prices.endpoint.gb +
      abroad * prices.traffic.betweenRegionsGb,
  };
}

/** Of the web ACL that is made with the stack (lib/stack/web-acl-stack.ts). */
const managedRules = 4;

function firewall({ webAcl }: CostInput): CostLine {
  if (webAcl === "none") return { what: "firewall", how: "none", usd: 0 };
  const requests = minutesAMonth * assumed.pageViewsPerMinute;
  const rules = webAcl === "managed" ? managedRules : 0;
  const ofRules = rules > 0 ? `with ${rules} rules` : `(its rules apart: ${prices.waf.ruleMonth} each)`;
  return {
    what: "firewall",
    how: `a web ACL ${ofRules}, a secret, ${rounded(requests)} requests through CloudFront`,
    usd:
      prices.waf.aclMonth +
      rules * prices.waf.ruleMonth +
      prices.secret.month +
      requests * (prices.waf.request + prices.cloudFront.request),
  };
}

/** `1,234`, `56 k`, `7.8 M`. */
function rounded(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  if (count >= 1e4) return `${Math.round(count / 1e3)} k`;
  return Math.round(count).toLocaleString("en-US");
}
