/** A customer's status in the API's shape: clean facts, no raw observations. */

import { flawsIn } from "../../judge/flaws.ts";
import { gradesOf } from "../../judge/grades/grade.ts";
import { leavesOf } from "../../judge/grades/leaves.ts";
import { scoreOf } from "../../judge/grades/score.ts";
import type { ScanResult } from "../../model/deep-scan.ts";
import type { Finding } from "../../model/finding.ts";
import type { Observation } from "../../model/observation.ts";
import type { ChainStatus, CustomerStatus, HopStatus, TargetStatus } from "../../model/status.ts";
import { parseTargetKey } from "../../model/target.ts";
import { isSafePrime, primeName } from "../../protocols/tls/primes.ts";
import { certificateJson, outcomeText, sessionJson } from "./facts.ts";
import type { FindingJson } from "./pieces.ts";
import { inventoryJson } from "./scan.ts";
import type { ChainJson, HopJson, StatusJson, TargetJson } from "./schemas.ts";
import { iso } from "./time.ts";
import { transcriptJson } from "./transcript.ts";

/** What stands beside the verdicts. */
export interface Beside {
  /** Epoch ms when the last cycle began; null before the first. */
  readonly asOf: number | null;
  readonly everyMs: number;
  /** Contacts that unsubscribed. */
  readonly unsubscribed: readonly string[];
}

/**
 * What `GET /v1/customers/{id}` and `chainmail status --json` answer. It names the last cycle and not the moment
 * of asking, so that an unchanged state keeps its ETag.
 */
export function statusJson(status: CustomerStatus, { asOf, everyMs, unsubscribed }: Beside): StatusJson {
  return {
    id: status.id,
    verdict: status.verdict,
    asOf: iso(asOf),
    everySeconds: everyMs / 1000,
    unsubscribed: [...unsubscribed],
    chains: status.chains.map(chainJson),
    scans: scansJson(status),
  };
}

/** Each target's once, however many domains lead to it. */
function scansJson({ chains }: CustomerStatus): StatusJson["scans"] {
  const targets = new Map(
    chains.flatMap(({ hops }) =>
      hops.flatMap((hop) => hop.targets.map((target) => [target.key, target.look] as const)),
    ),
  );
  return Object.fromEntries(
    [...targets].flatMap(([key, { scan, facts }]) => {
      const found = scan === undefined ? null : targetScanJson(scan, facts);
      return found === null ? [] : [[key, found]];
    }),
  );
}

/** A reader of the page doesn't wait for seconds while a server's own prime is looked into. */
function isKnownSafe(prime: string): boolean | null {
  return primeName(prime) === null ? null : isSafePrime(prime);
}

function targetScanJson(
  { scan, since, changed, throttled, sslv2Elsewhere = [] }: ScanResult,
  facts: Observation | null,
) {
  if (scan === null) return null;
  const leaves = facts === null ? [] : leavesOf(scan, facts.outcome);
  const graded = {
    scan,
    flaws: flawsIn(scan, { observation: facts, sslv2Elsewhere }),
    grades: gradesOf(scan, leaves),
    score: scoreOf(scan, leaves),
  };
  const { throttled: _, ...found } = inventoryJson(graded, isKnownSafe);
  return {
    ...found,
    since: iso(since),
    changed: changed && { at: iso(changed.at), changes: [...changed.words] },
    throttled: throttled && { at: iso(throttled.at), how: throttled.how },
  };
}

function chainJson({ domain, tlsMode, verdict, hops }: ChainStatus): ChainJson {
  return { domain, direction: "inbound", tlsMode, verdict, hops: hops.map(hopJson) };
}

function hopJson(hop: HopStatus): HopJson {
  return {
    kind: hop.kind,
    direction: hop.direction,
    from: hop.from,
    to: hop.to,
    require: hop.require,
    verdict: hop.verdict,
    encryption: hop.encryption,
    authentication: hop.authentication,
    enforcement: hop.enforcement,
    findings: hop.findings.map(findingJson),
    since: iso(hop.since),
    lastSeen: iso(hop.lastSeen),
    stale: hop.stale,
    counts: hop.counts,
    targets: hop.targets.map(targetJson),
  };
}

export function findingJson({ code, severity, evidence, consequence, advice }: Finding): FindingJson {
  return { code, severity, evidence: [...evidence], consequence, advice };
}

function targetJson(status: TargetStatus): TargetJson {
  const { facts, silence, names } = status.look;
  const shown = facts ?? silence;
  const target = shown?.target ?? parseTargetKey(status.key);
  if (target === undefined) throw new Error(`'${status.key}' is not a target's key`);
  const ofName = status.name === null ? undefined : names.get(status.name);
  const ofFacts = facts?.outcome.kind === "encrypted" ? facts.outcome.certificate : null;
  return {
    target: status.key,
    address: target.address,
    port: target.port,
    start: target.tls,
    name: status.name,
    preference: status.preference,
    vantage: status.vantage,
    verdict: status.verdict,
    lastKnown: status.lastKnown,
    encryption: status.encryption,
    authentication: status.authentication,
    findings: status.findings.map(findingJson),
    counts: status.counts,
    since: iso(status.since),
    lastSeen: iso(status.lastSeen),
    banner: shown?.banner ?? null,
    tls: facts === null ? null : sessionJson(facts),
    certificate: certificateJson(ofName ?? ofFacts),
    silence: silence === null ? null : { at: iso(silence.at), what: outcomeText(silence.outcome) },
    transcript: shown === null ? [] : transcriptJson(silence ?? shown),
  };
}
