/** What a vantage's eyes are worth: one that lost its sight has no vote, and nobody's mail is judged by it. */

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
  /** Until then (epoch ms) a change at once is believed: its canaries were well, or the operator said so. */
  readonly trustedUntil: number;
  readonly trustedBy: string | null;
  /** The operator was told of it, and of nothing since. */
  readonly told: boolean;
}

export interface Tally {
  readonly cycle: number;
  /** That were well before, and still are. */
  readonly well: number;
  readonly silent: number;
  readonly plain: number;
  /** Networks of those that got worse, at most twenty. */
  readonly networks: readonly string[];
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
  trustedUntil: 0,
  trustedBy: null,
  told: false,
};

export const fewestCanaries = 3;
