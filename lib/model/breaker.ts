/** The breaker for mass changes: what opened in many unrelated places at once, or right after the judge changed, is held and asked about. */

/** What a judgement depends on beside what was seen. */
export interface JudgedWith {
  /** Digest of the fleet's own policy and TLS mode rule. */
  readonly policy: string;
  /** Digest of the trusted roots. */
  readonly roots: string;
  /** The build of this program. */
  readonly build: string;
}

export interface Hold {
  /** `B-` and six hex digits. */
  readonly id: string;
  /** What opened after this and was told to nobody is held, epoch ms. */
  readonly from: number;
  /** Epoch ms when it began, and when it ends. */
  readonly at: number;
  readonly until: number;
  /** How long what opens is held unless somebody decides, ms. */
  readonly lasts: number;
  /** In words. */
  readonly why: string;
  /** Who decided to keep it on; null: nobody has decided. */
  readonly by: string | null;
  /** As they were when it began: openings, the unrelated networks they stand in, customers behind them (one may count twice). */
  readonly openings: number;
  readonly networks: number;
  readonly customers: number;
  /** The first of them in words, at most ten. */
  readonly named: readonly string[];
  /** The operator has been asked. */
  readonly asked: boolean;
}

/** Kept as the document `breaker`. */
export interface Breaker {
  readonly hold: Hold | null;
  /** The judge changed: what opens until then is held. */
  readonly wary: { readonly until: number; readonly changed: readonly (keyof JudgedWith)[] } | null;
  /** Openings up to then (epoch ms) were held, or decided on: they count no more. */
  readonly countFrom: number;
  /** The operator released what was held: until then (epoch ms) nothing is. */
  readonly trustedUntil: number;
  readonly trustedBy: string | null;
}

export const idleBreaker: Breaker = { hold: null, wary: null, countFrom: 0, trustedUntil: 0, trustedBy: null };
