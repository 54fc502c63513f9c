/** The silence or maintenance window under which an incident stands now. */

export interface Cover {
  readonly kind: "silence" | "window";
  readonly id: string;
  readonly reason: string;
  /** Who asked for it; null for a window of the customers file. */
  readonly by: string | null;
  /** Epoch ms of its end. */
  readonly until: number;
}
