/** The scans of the schedule: a few questions in each cycle, what was answered so far, and what is remembered of it. */

import type { CycleNumber } from "./jobs.ts";
import type { Pace } from "./pace.ts";
import type { FlawSeen, Scan } from "./scan.ts";
import type { Target, TargetKey } from "./target.ts";

/** What of a server is asked for: nothing; what its grades need; all that it would accept. */
export const scanDepths = ["none", "grade", "full"] as const;
export type ScanDepth = (typeof scanDepths)[number];

export interface ScanSettings {
  /** How often all of a target's questions are asked again, ms; null: nothing is scanned. */
  readonly everyMs: number | null;
  readonly pace: Pace;
}

/** With the light probe that is what the strictest servers that were met bear: two connections a minute. */
export const defaultScanSettings: ScanSettings = {
  everyMs: 86_400_000,
  pace: { connections: 2, perMs: 60_000 },
};

/** An answer, as much of it as a scan is made of. */
export type KeptAnswer =
  | {
      readonly kind: "chosen";
      readonly version: number;
      readonly suite: number;
      readonly compression: number;
      /** Types, in the order sent. */
      readonly extensions: readonly number[];
      /** TLS 1.3: the group that it wants, or took. */
      readonly share: number | null;
      /** Up to TLS 1.2: code point of the curve, size of the exchange, signature scheme, digest of the prime. */
      readonly group: number | null;
      readonly bits: number | null;
      readonly signature: number | null;
      readonly prime: string | null;
      /** SHA-256 of the certificate that it showed. */
      readonly leaf: string | null;
      /** Code points of groups: of the certificate's key, and of the prime; left out where there is none. */
      readonly curve?: number;
      readonly field?: number;
    }
  /** Of SSLv2. */
  | { readonly kind: "kinds"; readonly kinds: readonly number[]; readonly leaf: string | null }
  /** What came of looking for a flaw. */
  | ({ readonly kind: "flaw" } & FlawSeen)
  | { readonly kind: "refused" | "silent" | "not-tls"; readonly how: string };

export interface TrailEntry {
  /** Digest of what was asked. */
  readonly question: string;
  readonly answer: KeptAnswer;
}

/** Answers in the order in which they came. */
export type Trail = readonly TrailEntry[];

/** What answers name by a digest: certificates (DER, base64) and primes (hex). */
export interface Exhibits {
  readonly certificates: Readonly<Record<string, string>>;
  readonly primes: Readonly<Record<string, string>>;
}

export const noExhibits: Exhibits = { certificates: {}, primes: {} };

/** What is remembered of a slot's scans between two cycles. */
export interface ScanMemory {
  /** Digest of the session that a modern sender got when the last one began. */
  readonly beside: string;
  /** It isn't at its end. */
  readonly running: boolean;
  /** Epoch ms: the host wants to be left alone until then; 0: it doesn't. */
  readonly notBefore: number;
  /** Epoch ms when the last one began because the session had changed; 0: none did. */
  readonly restartedAt: number;
}

/** The answers of a scan under way, or of the last one. */
export interface ScanProgress {
  readonly depth: Exclude<ScanDepth, "none">;
  readonly beside: string;
  readonly trail: Trail;
  readonly exhibits: Exhibits;
}

/** We were refused, slowed down or shut out. */
export interface Throttled {
  /** Epoch ms. */
  readonly at: number;
  readonly how: string;
  /** How often since a scan came to its end. */
  readonly strikes: number;
}

/** What the last scan found, and how that differs from the one before. */
export interface ScanResult {
  /** Cut short only where none ever came to its end; null: nothing is known. */
  readonly scan: Scan | null;
  /** Epoch ms since which it is so. */
  readonly since: number;
  readonly changed: { readonly at: number; readonly words: readonly string[] } | null;
  readonly throttled: Throttled | null;
  /** Other targets that speak SSLv2 with a key of this one (DROWN); left out where there is none. */
  readonly sslv2Elsewhere?: readonly TargetKey[];
}

/** Those that take connections of their own; `intrusive`: also by what no honest client sends. `none` as well where the pace is too slow for two connections in a turn. */
export const flawsWanted = ["none", "usual", "intrusive"] as const;
export type FlawsWanted = (typeof flawsWanted)[number];

export interface ScanTask {
  readonly slice: number;
  readonly slot: number;
  readonly target: Target;
  readonly name: string | null;
  readonly allowPrivate: boolean;
  readonly depth: Exclude<ScanDepth, "none">;
  readonly flaws: FlawsWanted;
  /** As {@link ScanMemory} has it; empty before the first scan. */
  readonly beside: string;
  /** Of the {@link ScanProgress} that `trail` was read from. */
  readonly version: number;
  readonly trail: Trail;
  /** Where all is answered: which answer is asked for again first. Null: nothing is asked again. */
  readonly again: number | null;
  /** Connections that may be made. */
  readonly most: number;
}

/** On the same way as the looks. Its `v` is one that probes of before refuse. */
export interface ScanJob {
  readonly v: 4;
  readonly cycle: CycleNumber;
  readonly vantage: string;
  /** Epoch ms: later than this no connection is begun. */
  readonly notAfter: number;
  /** Between two connections to one host, ms. */
  readonly gapMs: number;
  readonly tasks: readonly ScanTask[];
}

export type ScanAnswer = Pick<ScanTask, "slice" | "slot" | "depth" | "flaws" | "beside" | "version"> & {
  readonly target: TargetKey;
  /** Epoch ms. */
  readonly at: number;
} & (
    | {
        readonly kind: "same";
        /** As in the task; left out where nobody was asked, and by probes of before. */
        readonly again?: number | null;
      }
    /** `trail` is all of it, in the old one's place; `exhibits` are of what is new in it. */
    | {
        readonly kind: "news";
        readonly trail: Trail;
        readonly exhibits: Exhibits;
        readonly stopped: { readonly how: string; readonly throttled: boolean } | null;
      }
    | { readonly kind: "not-tried" }
  );

export interface ScanResults {
  readonly v: 4;
  readonly cycle: CycleNumber;
  readonly vantage: string;
  readonly answers: readonly ScanAnswer[];
}

/** What was found of a target is another than before. */
export interface ScanChange {
  readonly target: TargetKey;
  /** Nothing was known of it. */
  readonly first: boolean;
  readonly words: readonly string[];
}

/** A job and how long it has to wait. */
export interface DelayedScan {
  readonly job: ScanJob;
  readonly delayMs: number;
}
