/** What keeps back the messages of an incident now: a silence, a maintenance window, a held mass change, a blind vantage. */

export interface Cover {
  readonly kind: "silence" | "window" | "breaker" | "blind";
  readonly id: string;
  readonly reason: string;
  /** Who asked for it; null where nobody did. */
  readonly by: string | null;
  /** Epoch ms of its end. */
  readonly until: number;
}
