/** Keeps the distance between two connections of scans to one host, whoever asks for them. */

export interface Pacer {
  /** Resolves when `address` may be connected to again, `gapMs` after it was last. */
  turn(address: string, gapMs: number): Promise<void>;
  /** It held us for so long: it is left alone for as long at least. */
  held(address: string, ms: number): void;
}

export interface PacerWorld {
  /** Milliseconds that only go forward. */
  readonly monotonic: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Shorter, no server slows us down (postscreen waits for 6 s). */
const usualMs = 10_000;
const mostRemembered = 10_000;

/** One for all jobs of a process. */
export function createPacer({ monotonic, sleep }: PacerWorld): Pacer {
  /** When each address may be connected to. */
  const free = new Map<string, number>();

  function remember(address: string, at: number): void {
    if (free.size >= mostRemembered) for (const [each, until] of free) if (until <= monotonic()) free.delete(each);
    free.set(address, at);
  }

  return {
    async turn(address, gapMs) {
      const now = monotonic();
      const at = Math.max(now, free.get(address) ?? 0);
      remember(address, at + gapMs);
      if (at > now) await sleep(at - now);
    },
    held(address, ms) {
      if (ms > usualMs) remember(address, Math.max(free.get(address) ?? 0, monotonic() + ms));
    },
  };
}
