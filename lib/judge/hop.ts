/** A hop from its targets: the worst of those that count. */

import type { HopKind, Requirement } from "../model/customer.ts";
import type { Finding } from "../model/finding.ts";
import type { HopStatus, TargetLook, TargetStatus } from "../model/status.ts";
import { type Target, targetKey } from "../model/target.ts";
import { type Enforcement, type Verdict, worst } from "../model/verdict.ts";
import { withheld } from "./enforced.ts";
import { finding } from "./findings.ts";
import { isUnrouted } from "./silence.ts";
import { judgeTarget } from "./target.ts";
import { together } from "./vantages.ts";

export interface JudgeClock {
  /** Epoch ms. */
  readonly now: number;
  readonly everyMs: number;
}

/** Where a hop leads, before it is judged. */
export interface HopPlan {
  readonly kind: HopKind;
  readonly from: string;
  readonly to: string;
  readonly require: Requirement;
  readonly enforcement: Enforcement;
  /** Each way is looked at from each of them. */
  readonly vantages: readonly string[];
  readonly outside: boolean;
  readonly ways: readonly Way[];
  /** DNS gave no address for some or all of it: that part is `unknown`. */
  readonly unresolved: boolean;
  /** False for a hop that takes no mail. */
  readonly counts: boolean;
  readonly findings: readonly Finding[];
}

export interface Way {
  readonly target: Target;
  /** The reference name (RFC 9525 §2); null for a bare address. */
  readonly name: string | null;
  readonly preference: number | null;
}

export type LookAt = (key: string, vantage: string) => TargetLook | undefined;

const notLookedAt: TargetLook = {
  facts: null,
  factsSince: null,
  silence: null,
  lastSeen: null,
  everEncrypted: false,
  names: new Map(),
};

export function judgeHop(plan: HopPlan, look: LookAt, clock: JudgeClock): HopStatus {
  const ways = plan.ways.map((way) => together(plan.vantages.map((from) => judgeWay(way, from, plan, look, clock))));
  const targets = withoutUnrouted(ways.flatMap(({ rows }) => rows));
  const counting = targets.filter(({ counts }) => counts);
  const counts = plan.counts && (counting.length > 0 || targets.length === 0 || plan.unresolved);
  const verdict = verdictOf(counting, plan);
  const worstTarget = counting.find((target) => target.verdict === verdict);
  const downgradable = verdict === "secure" && plan.enforcement === "nobody" ? [finding("hop.downgradable")] : [];
  const apart = ways.flatMap(({ findings }) => findings);
  const partial = plan.enforcement === "nobody" ? apart : apart.map(withheld);
  return {
    kind: plan.kind,
    direction: "inbound",
    from: plan.from,
    to: plan.to,
    require: plan.require.level,
    verdict,
    encryption: worstTarget?.encryption ?? "unknown",
    authentication: worstTarget?.authentication ?? "unknown",
    enforcement: plan.enforcement,
    findings: [...plan.findings, ...partial, ...downgradable],
    targets,
    since: latest(counting.map(({ since }) => since)),
    lastSeen: earliest(counting.map(({ lastSeen }) => lastSeen)),
    stale: counting.some((target) => target.verdict === "stale"),
    counts,
  };
}

/** Rule 5 of the design: the gateway's own setting makes the hop, its targets are shown as they are. */
export function inClear(hop: HopStatus, why: Finding): HopStatus {
  const findings = [why, ...hop.findings.filter(({ code }) => code !== "hop.downgradable")];
  return { ...hop, verdict: "lost", encryption: "none", authentication: "unknown", findings, counts: true };
}

function verdictOf(counting: readonly TargetStatus[], { unresolved }: HopPlan): Verdict {
  const all = counting.map(({ verdict }) => verdict);
  return worst(unresolved ? [...all, "unknown"] : all) ?? "unknown";
}

function judgeWay(
  { target, name, preference }: Way,
  vantage: string,
  plan: HopPlan,
  look: LookAt,
  clock: JudgeClock,
): TargetStatus {
  const key = targetKey(target);
  const known = look(key, vantage) ?? notLookedAt;
  const { kind: hop, require, outside, enforcement } = plan;
  const judged = judgeTarget(known, { reference: name, require, hop, outside, ...clock });
  return {
    key,
    name,
    preference,
    vantage,
    verdict: judged.verdict,
    lastKnown: judged.lastKnown,
    encryption: judged.encryption,
    authentication: judged.authentication,
    findings: enforcement === "nobody" ? judged.findings : judged.findings.map(withheld),
    since: known.factsSince,
    lastSeen: known.lastSeen,
    counts: judged.counts,
    look: known,
  };
}

/** What we have no way to doesn't count beside what was looked at. */
function withoutUnrouted(targets: readonly TargetStatus[]): readonly TargetStatus[] {
  const unrouted = targets.filter(
    ({ look }) => look.facts === null && look.silence && isUnrouted(look.silence.outcome),
  );
  if (!targets.some((target) => target.counts && !unrouted.includes(target))) return targets;
  return targets.map((target) => (unrouted.includes(target) ? { ...target, counts: false } : target));
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.min(...known);
}
