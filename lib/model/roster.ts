/** Who is probed: targets in slices of at most 250, and what is remembered of each between two cycles. */

import type { HopKind, Requirement } from "./customer.ts";
import type { ScanDepth, ScanMemory } from "./deep-scan.ts";
import type { IncidentClass } from "./incident.ts";
import type { Target } from "./target.ts";

export const sliceSize = 250;

/** One distinct wish that stands behind a target, and how many customers have it. */
export interface Need {
  readonly hop: HopKind;
  readonly require: Requirement;
  readonly customers: number;
  /** The customer itself where it is only one: its contacts are told. */
  readonly customer: string | null;
  /** False: the gateway's TLS mode is disabled for all its domains, so nothing here alarms (design rule 5). */
  readonly alarms: boolean;
  /** True: the gateway enforces TLS for all its domains that use it, so mail queues where it would go in clear. */
  readonly enforced: boolean;
}

/** A reference name (RFC 9525 §2) under which a target is reached. */
export interface RosterName {
  /** A-labels, lower case, no trailing dot. */
  readonly name: string;
  /** The cycle number in which it was first on the roster: spreads the first looks. */
  readonly since: number;
}

/** The slot of one target under one vantage. */
export interface Place {
  readonly vantage: string;
  readonly slice: number;
  readonly slot: number;
}

export interface RosterEntry {
  readonly target: Target;
  /** The first is sent as server name in every light probe; the others are looked at on first sight and daily. Empty for a bare address. */
  readonly names: readonly RosterName[];
  readonly vantage: string;
  /** The vantage sees the internet as anybody does: to be refused there may be as it should be (design rule 6). */
  readonly outside: boolean;
  readonly allowPrivate: boolean;
  /** One of the operator's canaries: it alarms nobody, and tells whether the vantage sees. */
  readonly canary?: boolean;
  readonly needs: readonly Need[];
  /** Where several customers share it: digest of whose contacts are told (`Circle`). */
  readonly circle?: string;
  /** The same target under other vantages, so that a doubt is looked at again from all of them. */
  readonly beside: readonly Place[];
  /** How deep it is scanned; to what its grades need where nothing is said. */
  readonly scan?: Exclude<ScanDepth, "grade">;
  /** All that have it agreed to be looked at for flaws by what no honest client sends. */
  readonly intrusive?: true;
  /** Epoch ms since which DNS doesn't lead to it any more: it is kept for two TTLs, and opens nothing new. */
  readonly leaving?: number;
  /** The cycle number in which the target was first on the roster. */
  readonly since: number;
}

/** A slot keeps its number for life: ledger bits refer to it. `null` is a free slot. */
export interface Slice {
  readonly number: number;
  readonly vantage: string;
  readonly entries: readonly (RosterEntry | null)[];
}

/** What the last cycle left behind for each slot of a slice; parallel to `entries`. */
export interface SlotMemory {
  /** Fingerprint of the last outcome (answer or not); empty before the first. */
  readonly fingerprint: string;
  /** What that outcome is worth in the ledger: an unchanged one gets it again. */
  readonly mark: CycleMark;
  /** Incident classes whose cause isn't spent (`isSpent`): good answers must be told to them too. */
  readonly hot: readonly IncidentClass[];
  /** Epoch ms when unchanged facts must be judged again (a certificate's threshold); null for never. */
  readonly rejudgeAt: number | null;
  /** Digest of the needs it was last judged under: under other ones it is judged again; empty before the first. */
  readonly needs: string;
  /** Of its scans; left out before the first. */
  readonly scan?: ScanMemory;
}

export const blankMemory: SlotMemory = { fingerprint: "", mark: "not-tried", hot: [], rejudgeAt: null, needs: "" };

/** What one slot got in one cycle: two bits of the ledger. */
export type CycleMark = "not-tried" | "tls" | "clear" | "no-answer";
