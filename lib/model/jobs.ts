/** The messages between plan, probe and judge. `v` is the version of their shape. */

import type { ScanResults } from "./deep-scan.ts";
import type { Observation } from "./observation.ts";
import type { Target } from "./target.ts";

/** Cycles are numbered: floor(scheduled time ÷ interval). The number is the cycle's id everywhere. */
export type CycleNumber = number;

export interface ProbeTask {
  readonly slot: number;
  readonly target: Target;
  /** The name that is sent as SNI and that the certificate must match; null for a bare address. */
  readonly name: string | null;
  /** True for a further name of a target that was already looked at under its first one. */
  readonly identity: boolean;
  readonly allowPrivate: boolean;
  /** The fingerprint known for this slot: an equal one is answered by `same` instead of all the facts. */
  readonly known: string;
}

export interface ProbeJob {
  readonly v: 1;
  readonly cycle: CycleNumber;
  readonly slice: number;
  readonly vantage: string;
  /** 0 for the cycle's own look; 1, 2, 3 for the confirmations after a bad answer. */
  readonly round: number;
  /** Epoch ms: later than this the job isn't begun. */
  readonly notAfter: number;
  readonly tasks: readonly ProbeTask[];
}

/** `fingerprint` of `same` is the task's `known`: the judge may have learned another one in between. */
export type ProbeAnswer = {
  readonly slot: number;
  readonly name: string | null;
  readonly identity: boolean;
} & (
  | { readonly kind: "same"; readonly at: number; readonly fingerprint: string }
  | { readonly kind: "seen"; readonly observation: Observation; readonly fingerprint: string }
  | { readonly kind: "not-tried" }
);

export interface ProbeResults {
  readonly v: 1;
  readonly cycle: CycleNumber;
  readonly slice: number;
  readonly vantage: string;
  readonly round: number;
  /** 0, 1, … where the answers of one job did not fit one message. */
  readonly part: number;
  readonly answers: readonly ProbeAnswer[];
}

/** One made-up look of a fire drill, on the same way. Its `v` is one that judges of before refuse, so that none takes it for a real one. */
export interface DrillResults {
  readonly v: 2;
  /** The drill's id. */
  readonly drill: string;
  readonly cycle: CycleNumber;
  readonly round: number;
  readonly vantage: string;
  readonly observation: Observation;
}

/** What the results queue holds. */
export type QueuedResults = ProbeResults | DrillResults | ScanResults;
