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

  /** Calls `expired` after `ms`, or when the whole is over. What was armed before is forgotten. */
  arm(ms: number, expired: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(expired, Math.min(ms, this.left));
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
