export interface Early {
  readonly ms: number;
  readonly call: () => void;
}

/** One timer for a whole probe: whoever waits, waits under it, and never longer than the probe as a whole may last. */
export class Deadline {
  readonly #monotonic: () => number;
  readonly #end: number;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer goes off, and when it should. */
  #rings = Number.POSITIVE_INFINITY;
  #due = Number.POSITIVE_INFINITY;
  #expired: () => void = () => {};

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
    if (early === undefined || early.ms >= ms) this.#await(ms, expired);
    else
      this.#await(early.ms, () => {
        early.call();
        this.#await(ms - early.ms, expired);
      });
  }

  /** Nobody waits at present. */
  clear(): void {
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** Nobody will wait any more. */
  end(): void {
    this.clear();
    clearTimeout(this.#timer);
  }

  /** A timer that goes off sooner than needed is left to do so, and then set anew: stages follow each other fast. */
  #await(ms: number, expired: () => void): void {
    this.#expired = expired;
    this.#due = Math.min(this.#monotonic() + ms, this.#end);
    if (this.#rings > this.#due) this.#set();
  }

  #set(): void {
    clearTimeout(this.#timer);
    this.#rings = this.#due;
    this.#timer = setTimeout(() => this.#ring(), Math.max(0, Math.ceil(this.#due - this.#monotonic())));
  }

  #ring(): void {
    this.#rings = Number.POSITIVE_INFINITY;
    if (this.#due === Number.POSITIVE_INFINITY) return;
    if (this.#due > this.#monotonic()) this.#set();
    else {
      this.#due = Number.POSITIVE_INFINITY;
      this.#expired();
    }
  }
}
