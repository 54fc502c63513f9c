/** What one batch says of the eyes that made it. */

import type { Standing } from "../../model/network.ts";
import type { CycleMark, RosterEntry } from "../../model/roster.ts";
import type { Target, TargetKey } from "../../model/target.ts";
import { forbiddenRange } from "../../protocols/ip/special.ts";

export interface SightLook extends Standing {
  readonly key: TargetKey;
  readonly slot: number;
  /** Epoch ms. */
  readonly at: number;
  readonly isCanary: boolean;
  /** The operator vouches for its private address. */
  readonly vouched: boolean;
  /** What is known of it from before. */
  readonly before: CycleMark;
  readonly mark: Exclude<CycleMark, "not-tried">;
}

export interface SightBatch {
  readonly cycle: number;
  readonly round: number;
  readonly slice: number;
  readonly part: number;
  readonly looks: readonly SightLook[];
  /** Keys of all canaries that are watched from here, whether or not they are in the batch. */
  readonly canaries: readonly TargetKey[];
}

export interface SightAt {
  /** Epoch ms. */
  readonly now: number;
  readonly everyMs: number;
}

/** Was well, and isn't any more. */
export function isWorse({ before, mark }: Pick<SightLook, "before" | "mark">): boolean {
  return before === "tls" && mark !== "tls";
}

/** A private network has a way of its own, of which public canaries know nothing. */
export function isVouched({ allowPrivate, target }: Pick<RosterEntry, "allowPrivate" | "target">): boolean {
  return allowPrivate && isPrivate(target);
}

export function isPrivate({ address }: Pick<Target, "address">): boolean {
  return forbiddenRange(address, { allowPrivate: false }) !== null;
}
