/** What a drill's server is said to have answered. */

import type { Drill } from "../../model/drill.ts";
import type { DrillResults } from "../../model/jobs.ts";
import type { Capabilities, Observation, Outcome, TranscriptLine } from "../../model/observation.ts";
import type { IncidentPolicy } from "../../model/policy.ts";

/** A result and how long it has to wait in the results queue. */
export interface DelayedResults {
  readonly results: DrillResults;
  readonly delayMs: number;
}

const encrypted: Outcome = {
  kind: "encrypted",
  tls: {
    protocol: "TLSv1.3",
    cipher: "TLS_AES_256_GCM_SHA384",
    iana: "TLS_AES_256_GCM_SHA384",
    bits: 256,
    group: "x25519",
    groupBits: 253,
    forwardSecret: true,
    authenticated: true,
    seenBy: "library",
  },
  certificate: null,
};

/** The first look and as many confirmations as open an incident, each at the time that a real one would come. */
export function lossOf(drill: Drill, policy: IncidentPolicy): readonly DelayedResults[] {
  const delays = [0, ...policy.confirmAfter];
  const enough = delays.findIndex((delay, index) => index + 1 >= policy.openAfter && delay >= policy.openSpan);
  return delays.slice(0, enough < 0 ? undefined : enough + 1).map((delayMs, round) => ({
    results: resultsOf(drill, firstCycle(drill), round, drill.startedAt + delayMs, "lost"),
    delayMs,
  }));
}

/** As many good looks as end an incident, in as many cycles; `now` in epoch ms. */
export function recoveryOf(drill: Drill, policy: IncidentPolicy, now: number): readonly DelayedResults[] {
  const looks = Math.max(policy.recoverAfter, policy.recoverCycles);
  return Array.from({ length: looks }, (_, look) => {
    const cycle = firstCycle(drill) + 1 + Math.min(look, policy.recoverCycles - 1);
    return { results: resultsOf(drill, cycle, look, now + look, "good"), delayMs: 0 };
  });
}

/** A number of its own for each drill: no cycle that was planned. */
function firstCycle({ startedAt }: Drill): number {
  return Math.floor(startedAt / 1000);
}

function resultsOf(drill: Drill, cycle: number, round: number, at: number, what: "lost" | "good"): DrillResults {
  const { id, entry } = drill;
  const { vantage } = entry;
  return { v: 2, drill: id, cycle, round, vantage, observation: observationOf(drill, at, what) };
}

function observationOf({ entry: { target, names, vantage } }: Drill, at: number, what: "lost" | "good"): Observation {
  const host = names[0]?.name ?? null;
  const name = host ?? target.address;
  const offered: Capabilities = what === "good" ? { SIZE: "52428800", STARTTLS: "" } : { SIZE: "52428800" };
  return {
    target,
    vantage,
    at,
    host,
    sni: host,
    outcome: what === "good" ? encrypted : { kind: "starttls-absent", how: "absent" },
    banner: `${name} ESMTP made up by chainmail drill`,
    capabilities: { before: offered, after: null },
    leftover: null,
    envelope: null,
    timings: {},
    transcript: transcriptOf(name, offered),
  };
}

function transcriptOf(name: string, offered: Capabilities): readonly TranscriptLine[] {
  const keywords = Object.entries(offered).map(([keyword, rest]) => `${keyword} ${rest}`.trim());
  const replies = [name, ...keywords].map((line, at, all) => `250${at === all.length - 1 ? " " : "-"}${line}`);
  const line = (at: number, kind: "sent" | "received", text: string) => ({ at, kind, encrypted: false, text });
  return [
    { at: 0, kind: "note", text: "made up by chainmail drill: nobody was connected to" },
    line(20, "received", `220 ${name} ESMTP`),
    line(20, "sent", "EHLO drill.invalid"),
    ...replies.map((text) => line(40, "received", text)),
  ];
}
