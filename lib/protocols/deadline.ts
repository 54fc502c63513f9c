export interface Early {
  readonly ms: number;
  readonly call: () => void;
}

/** One timer for a whole probe: whoever waits, waits under it, and never longer than the probe as a whole may last. */
export class Deadline {
  readonly #monotonic: () => number;
  readonly #end: number;
  #timer: NodeJS.Timeout | undefined;

  /** `monotonic` gives milliseconds. */
  constructor(monotonic: () => number, totalMs: number) {
    this.#monotonic = monotonic;
    this.#end = monotonic() + totalMs;
  }

  /** Milliseconds left for the whole. */
  get left(): number {
    return Math.max(0, this.#end - this.#monotonic());
  }

  /** Calls `expired` after `ms`, or when the whole is over; and `early` before that. What was armed before is forgotten. */
  arm(ms: number, expired: () => void, early?: Early): void {
    clearTimeout(this.#timer);
    if (early === undefined || early.ms >= ms) this.#timer = setTimeout(expired, Math.min(ms, this.left));
    else
      this.arm(early.ms, () => {
        early.call();
        this.arm(ms - early.ms, expired);
      });
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
