/** What a vantage's eyes are worth: one that lost its sight has no vote, and nobody's mail is judged by it. */

import type { Standing } from "./network.ts";
import type { CycleMark, Place } from "./roster.ts";
import type { TargetKey } from "./target.ts";

/** A server of somebody else's, that is always well: when it isn't, the fault is ours. Named by the operator. */
export interface Canary {
  /** A host name, or a public address. */
  readonly host: string;
  readonly port: number;
}

export type SightState = "sighted" | "doubtful" | "blind";

/** `nothing-answers`: time-outs and resets; `no-starttls`: answers come, and an egress strips the offer of TLS. */
export type BlindKind = "nothing-answers" | "no-starttls";

export interface Sight {
  readonly state: SightState;
  /** Epoch ms when this state was entered. */
  readonly since: number;
  /** Whose word it is; null while it is sighted. Canaries have no say over targets that the operator vouches for. */
  readonly by: "canaries" | "at-once" | null;
  readonly kind: BlindKind | null;
  /** In words: what was seen. */
  readonly why: string;
  /** Looks in a row that speak for the next state; the cycle of the last one. */
  readonly looks: { readonly count: number; readonly cycle: number };
  /** Targets that got worse in one cycle, over its batches so far; null where none did. */
  readonly tally: Tally | null;
  /** Canaries that don't answer well, by target key. */
  readonly failing: readonly string[];
  /** While it is doubtful: who was asked to settle it; null before somebody was. */
  readonly inquiry: Inquiry | null;
  /** Epoch ms since when its looks may have been wrong; null while it is sighted. */
  readonly troubleSince: number | null;
  /** Times at which it was blind, oldest first: what it saw then is nobody's. */
  readonly gaps: readonly Gap[];
  /** Until then (epoch ms) a change at once is believed: its canaries were well, or the operator said so. */
  readonly trustedUntil: number;
  readonly trustedBy: string | null;
  /** The operator was told of it, and of nothing since. */
  readonly told: boolean;
  /** Epoch ms when what it held back is released once more; null: it was, often enough. */
  readonly releaseAt: number | null;
}

export interface Tally {
  readonly cycle: number;
  /** Epoch ms of the first look that was worse. */
  readonly since: number;
  /** That were well before, and still are. */
  readonly well: number;
  readonly silent: number;
  readonly plain: number;
  /** Batches that were counted, by slice and part: one that is delivered again counts once. */
  readonly batches: readonly string[];
  /** Some of those that got worse, of every network a few. */
  readonly worse: readonly Worsened[];
}

/** A target that was well, and is no more. */
export interface Worsened extends Standing, Pick<Place, "slice" | "slot"> {
  readonly key: TargetKey;
  /** The operator vouches for its private address: public canaries have no say over it. */
  readonly vouched: boolean;
}

/** `worse` is among those that gave rise to the doubt; `well` was well when it was last looked at. */
export type WitnessRole = "canary" | "worse" | "well";

export interface Witness extends Pick<Place, "slice" | "slot"> {
  readonly key: TargetKey;
  readonly role: WitnessRole;
}

export interface Inquiry {
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms: who isn't heard by then is no longer waited for. */
  readonly until: number;
  /** Ms for which canaries that are well speak for a change at once. */
  readonly trustMs: number;
  readonly witnesses: readonly Witness[];
  /** What they got since, by target key. */
  readonly heard: Readonly<Record<TargetKey, Exclude<CycleMark, "not-tried">>>;
}

/** Epoch ms, `until` not included. */
export interface Gap {
  readonly from: number;
  readonly until: number;
  /** By canaries: of private addresses that the operator vouches for nothing is taken back. */
  readonly by: Sight["by"];
}

export const clearSight: Sight = {
  state: "sighted",
  since: 0,
  by: null,
  kind: null,
  why: "",
  looks: { count: 0, cycle: 0 },
  tally: null,
  failing: [],
  inquiry: null,
  troubleSince: null,
  gaps: [],
  trustedUntil: 0,
  trustedBy: null,
  told: false,
  releaseAt: null,
};

export const fewestCanaries = 3;
export const fewestCanaryNetworks = 2;

/** Where each vantage looks, as `resolve` left it: what judging has to know of the other slices. */
export interface Outlook {
  readonly vantage: string;
  /** Slices that have targets. */
  readonly slices: readonly number[];
  readonly canaries: readonly (Pick<Place, "slice" | "slot"> & { readonly key: TargetKey })[];
}
